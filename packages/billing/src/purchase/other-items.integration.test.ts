import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

// Subscriptions can get items at Stripe that have nothing to do with the license: seats are multiplied by the quantity of our line only.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

async function subscribed(slug: string, managedProducts?: number) {
  await shop.buy({ lookupKey: slug, ...(managedProducts === undefined ? {} : { managedProducts }) })
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  const item = subscription?.items.data[0]
  const { now } = await shop.emulator.control.clock()
  await shop.emulator.control.clock({ freezeAt: now + 86_400 })
  return { id: subscription?.id ?? '', itemId: item?.id ?? '', end: item?.current_period_end ?? 0 }
}

/** Something of the vendor's that is no license. */
async function supportHours(): Promise<string> {
  const { stripe } = shop.deps
  const { id: product } = await stripe.products.create({ name: 'Support hours' })
  return (await stripe.prices.create({ product, currency: 'usd', unit_amount: 900, recurring: { interval: 'year' } })).id
}

async function renewedAt(end: number, id: string): Promise<void> {
  await shop.emulator.control.clock({ freezeAt: end })
  await shop.emulator.control.renew(id)
}

const seats = async () => (await resultOf(shop)).licenses.map((license) => license.seats)

describe.each([
  ['a fixed price', 'year', undefined, 10],
  ['an inline price', 'team', 5, 5],
] as const)('sold at %s', (_price, slug, managedProducts, bought) => {
  test('an item that is no license, added at once: no further license, and its renewals bring what was bought', async () => {
    const { id, end } = await subscribed(slug, managedProducts)
    await shop.deps.stripe.subscriptions.update(id, {
      items: [{ price: await supportHours(), quantity: 20 }],
      proration_behavior: 'always_invoice',
    })
    await tell(shop, await handledHistory(shop))
    expect(await seats()).toEqual([bought])
    await renewedAt(end, id)
    await tell(shop, await handledHistory(shop))
    expect(await seats()).toEqual([bought, bought])
    expect((await resultOf(shop)).unsettled).toEqual([])
  })

  test('the quantity of our own item counts, whatever stands beside it and in whatever order', async () => {
    const { id, itemId, end } = await subscribed(slug, managedProducts)
    const price = await supportHours()
    await shop.deps.stripe.subscriptions.update(id, { items: [{ price, quantity: 20 }] })
    await shop.deps.stripe.subscriptions.update(id, {
      items: [{ id: itemId, quantity: 3 }],
      proration_behavior: 'always_invoice',
    })
    await tell(shop, (await handledHistory(shop)).toReversed())
    expect((await seats()).toSorted((a, b) => Number(a) - Number(b))).toEqual([bought, 3 * bought])
    await renewedAt(end, id)
    await tell(shop, await handledHistory(shop))
    expect((await seats()).filter((count) => count === 3 * bought)).toHaveLength(2)
  })
})

test('another product of ours beside the one that was bought: parked with its name, and nothing is superseded', async () => {
  const { id, end } = await subscribed('year')
  const [small] = (await shop.deps.stripe.prices.list({ lookup_keys: ['small'] })).data
  await shop.deps.stripe.subscriptions.update(id, {
    items: [{ price: small?.id ?? '', quantity: 1 }],
    proration_behavior: 'always_invoice',
  })
  await tell(shop, await handledHistory(shop))
  const { licenses, unsettled } = await resultOf(shop)
  expect(licenses).toMatchObject([{ product: 'year', supersededBy: null, revoked: null }])
  expect(new Set(unsettled.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
    new Set(['parked cannot issue: small was added to a subscription of year']),
  )
  await renewedAt(end, id)
  await tell(shop, await shop.events('invoice.paid'))
  expect((await resultOf(shop)).licenses.map(({ product }) => product)).toEqual(['year', 'year'])
})
