import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  forgetAll,
  forgetEvents,
  handledHistory,
  randomFrom,
  resultOf,
  shuffled,
  tell,
  whatCounts,
} from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { kinds, sellAll, stockStripe } from '../../testing/kinds.ts'

const MAX_EVENTS = 40
/** `LIFECYCLE_SEED` repeats a run, `LIFECYCLE_RUNS` makes more of them. */
const seed = Number(process.env.LIFECYCLE_SEED ?? Date.now() % 1_000_000)
const runs = Number(process.env.LIFECYCLE_RUNS ?? 12)
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
  console.info(`one customer: LIFECYCLE_SEED=${seed}`)
})
afterAll(() => shop.close())

/** What one customer does, or has done to them. An act that cannot be right now is refused by the emulator and skipped. */
function acts(random: () => number): readonly (() => Promise<unknown>)[] {
  const { stripe } = shop.deps
  const { control } = shop.emulator
  const one = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)]
    if (item === undefined) throw new Error('there is none')
    return item
  }
  const charge = async () => one((await stripe.charges.list({ limit: 100 })).data).id
  const subscription = async () => one((await stripe.subscriptions.list({ limit: 100 })).data)
  // A year of maintenance by hand is for a license that exists: it has tests of its own.
  const buyable = kinds.filter((kind) => kind.paid !== 'maintained' && kind.payer === undefined)
  const buy = async () => {
    const { product, order } = one(buyable)
    // Sessions end by our clock, which renewals don't move.
    await control.clock({ real: true })
    return shop.buy({ lookupKey: product.slug, ...order })
  }
  const renew = async () => {
    const { id, items } = await subscription()
    await control.clock({ freezeAt: Math.max(...items.data.map((item) => item.current_period_end)) })
    await control.renew(id)
  }
  const change = async () => {
    const { id, items } = await subscription()
    await control.clock({ freezeAt: (await control.clock()).now + 3600 })
    const quantity = 1 + Math.floor(random() * 4)
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', quantity }],
      proration_behavior: 'always_invoice',
    })
  }
  return [
    buy,
    buy,
    renew,
    renew,
    change,
    async () => control.refund(await charge()),
    async () => control.refund(await charge(), { amount: 100 }),
    async () => control.failRefund(one((await stripe.refunds.list({ limit: 100 })).data).id),
    async () => control.dispute(await charge(), { inquiry: random() < 0.3 }),
    async () => control.closeDispute(one((await stripe.disputes.list({ limit: 100 })).data).id, random() < 0.5 ? 'won' : 'lost'),
    async () => stripe.subscriptions.cancel((await subscription()).id),
    async () => stripe.subscriptions.update((await subscription()).id, { cancel_at_period_end: random() < 0.7 }),
  ]
}

async function live(random: () => number): Promise<string[]> {
  await shop.buy({ lookupKey: kinds[6]?.product.slug ?? '' })
  const possible = acts(random)
  for (let tries = 0; tries < 200 && (await handledHistory(shop)).length < MAX_EVENTS; tries += 1) {
    try {
      await possible[Math.floor(random() * possible.length)]?.()
    } catch {
      // Not possible as things are: another act is tried.
    }
  }
  return (await handledHistory(shop)).slice(0, MAX_EVENTS)
}

test.each(Array.from({ length: runs }, (_, run) => seed + run))(
  'up to 40 events of one customer in any order, some twice: the same as in order, once (seed %i)',
  async (runSeed) => {
    const random = randomFrom(runSeed)
    await forgetAll(shop)
    await shop.emulator.control.reset({ keepEndpoints: true })
    await stockStripe(shop)
    const history = await live(random)
    expect(history.length).toBeGreaterThan(20)
    await tell(shop, history)
    const inOrder = await resultOf(shop)
    expect(inOrder.unsettled).toEqual([])
    await forgetEvents(shop)
    await tell(shop, shuffled([...history, ...history.filter(() => random() < 0.4)], random), 3)
    expect(whatCounts(await resultOf(shop))).toEqual(whatCounts(inOrder))
  },
)
