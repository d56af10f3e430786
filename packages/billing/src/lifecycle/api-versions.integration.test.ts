import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetAll, forgetEvents, handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { fates } from '../../testing/fates.ts'
import { kinds, sellAll, stockStripe } from '../../testing/kinds.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())

const eventful = [
  'nothing',
  'refunded in two parts',
  'disputed and lost',
  'renewed three times',
  'a smaller plan, renewed',
  'more seats, then fewer again',
  'canceled at once',
  'its maintenance renewed twice',
]
const cases = kinds
  .filter((kind) => kind.payer === undefined && kind.paid !== 'maintained')
  .flatMap((kind) => fates.filter((fate) => fate.of(kind) && eventful.includes(fate.name)).map((fate) => ({ kind, fate })))

test.each(cases)('$kind.name, $fate.name: the same from endpoints on every supported API version', async ({ kind, fate }) => {
  await forgetAll(shop)
  await shop.emulator.control.reset({ keepEndpoints: true })
  await stockStripe(shop)
  const sessionId = await shop.buy({ lookupKey: kind.product.slug, ...kind.order })
  await fate.happens({ shop, kind, sessionId, live: async () => undefined })
  await tell(shop, await handledHistory(shop))
  const pinned = await resultOf(shop)
  expect(pinned.unsettled).toEqual([])
  for (const version of ['2025-02-24.acacia', '2025-08-27.basil']) {
    await forgetEvents(shop)
    const history = await handledHistory(shop, version)
    expect(history.every((payload) => JSON.parse(payload).api_version === version)).toBe(true)
    await tell(shop, history)
    expect(await resultOf(shop), version).toEqual(pinned)
  }
})

test('an invoice with more lines than Stripe sends along is read whole', async () => {
  await forgetAll(shop)
  await shop.emulator.control.reset({ keepEndpoints: true })
  await stockStripe(shop)
  await shop.buy({ lookupKey: 'year' })
  const { stripe } = shop.deps
  const [subscription] = (await stripe.subscriptions.list()).data
  const { control } = shop.emulator
  // Each change waits for the next invoice with two lines, which come before the period's own.
  for (let quantity = 2; quantity < 9; quantity += 1) {
    await control.clock({ freezeAt: (await control.clock()).now + 3600 })
    const items = [{ id: subscription?.items.data[0]?.id ?? '', quantity }]
    await stripe.subscriptions.update(subscription?.id ?? '', { items })
  }
  await control.renew(subscription?.id ?? '')
  const paid = (await shop.events('invoice.paid')).at(-1) ?? ''
  expect(JSON.parse(paid).data.object.lines).toMatchObject({ has_more: true, data: { length: 10 } })
  expect(await shop.process(paid)).toMatchObject({ kind: 'processed' })
  const { licenses } = await resultOf(shop)
  expect(licenses.map(({ seats, revoked }) => ({ seats, revoked }))).toEqual([{ seats: 80, revoked: null }])
})
