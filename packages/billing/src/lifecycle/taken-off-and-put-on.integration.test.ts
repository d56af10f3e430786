import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

// What is taken off a subscription ends, and what is put on later stands for itself.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const DAY = 86_400
const always = { proration_behavior: 'always_invoice' } as const
const none = { proration_behavior: 'none' } as const

/** A year, and beside it something that is no license, so that the license can be taken off. */
async function subscribed() {
  const { stripe } = shop.deps
  await shop.buy({ lookupKey: 'year' })
  const [subscription] = (await stripe.subscriptions.list()).data
  const [id, item] = [subscription?.id ?? '', subscription?.items.data[0]]
  const { id: product } = await stripe.products.create({ name: 'Support hours' })
  const support = await stripe.prices.create({ product, currency: 'usd', unit_amount: 900, recurring: { interval: 'year' } })
  await stripe.subscriptions.update(id, { items: [{ price: support.id, quantity: 1 }], ...none })
  await later(1)
  return { id, itemId: item?.id ?? '', end: item?.current_period_end ?? 0 }
}

async function later(days: number): Promise<Date> {
  const { now } = await shop.emulator.control.clock()
  await shop.emulator.control.clock({ freezeAt: now + days * DAY })
  return new Date((now + days * DAY) * 1000)
}

async function priceOf(lookupKey: string): Promise<string> {
  const [price] = (await shop.deps.stripe.prices.list({ lookup_keys: [lookupKey] })).data
  return price?.id ?? ''
}

async function renewedAt(end: number, id: string): Promise<void> {
  await shop.emulator.control.clock({ freezeAt: end })
  await shop.emulator.control.renew(id)
}

const inTime = async () => {
  const { licenses, unsettled } = await resultOf(shop)
  expect(unsettled).toEqual([])
  return licenses.toSorted((one, other) => one.from.getTime() - other.from.getTime())
}

describe.each([
  ['as they came', (history: string[]) => history],
  ['in reverse', (history: string[]) => history.toReversed()],
] as const)('events %s', (_order, ordered) => {
  const told = async () => tell(shop, ordered(await handledHistory(shop)))

  test('taken off, and put on again days later: ended then, and only what was put on counts', async () => {
    const { id, itemId } = await subscribed()
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, deleted: true }], ...always })
    await later(3)
    await shop.deps.stripe.subscriptions.update(id, { items: [{ price: await priceOf('year'), quantity: 2 }], ...always })
    await told()
    expect((await inTime()).at(-1)).toMatchObject({ product: 'year', seats: 20, revoked: null })
  })

  test('twice more at one instant, and then another item beside it: the latest of both counts', async () => {
    const { id, itemId } = await subscribed()
    await told()
    const { stripe } = shop.deps
    const product = String((await stripe.subscriptions.retrieve(id)).items.data[0]?.price.product)
    await stripe.subscriptions.update(id, { items: [{ id: itemId, quantity: 2 }], ...always })
    await stripe.subscriptions.update(id, { items: [{ id: itemId, quantity: 3 }], ...always })
    await later(3)
    const recurring = { interval: 'year' as const }
    const { id: other } = await stripe.prices.create({ product, currency: 'usd', unit_amount: 20_000, recurring })
    await stripe.subscriptions.update(id, { items: [{ price: other, quantity: 2 }], ...always })
    await told()
    expect((await inTime()).filter(({ revoked }) => revoked === null)).toMatchObject([{ product: 'year', seats: 50 }])
  })

  test('more units of one item, and then another item beside it: all of them count', async () => {
    const { id, itemId } = await subscribed()
    await told()
    const product = String((await shop.deps.stripe.subscriptions.retrieve(id)).items.data[0]?.price.product)
    const price = { product, currency: 'usd', unit_amount: 20_000, recurring: { interval: 'year' as const } }
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, quantity: 3 }], ...always })
    await later(3)
    const { id: other } = await shop.deps.stripe.prices.create(price)
    await shop.deps.stripe.subscriptions.update(id, { items: [{ price: other, quantity: 2 }], ...always })
    await told()
    expect((await inTime()).map(({ seats, revoked }) => [seats, revoked])).toEqual([
      [10, 'superseded'],
      [30, 'superseded'],
      [50, null],
    ])
  })

  test('taken off without an invoice, and put on for the next period: ended where it was taken off, and renewed', async () => {
    const { id, itemId, end } = await subscribed()
    const at = await later(3)
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, deleted: true }] })
    await shop.deps.stripe.subscriptions.update(id, { items: [{ price: await priceOf('year'), quantity: 2 }], ...none })
    await renewedAt(end, id)
    await told()
    expect(await inTime()).toMatchObject([
      { seats: 10, revoked: 'canceled', revokedAt: at },
      { seats: 20, revoked: null },
    ])
  })

  test('a change of the interval begins a period at once, which stands in place of what is credited', async () => {
    const { stripe } = shop.deps
    await shop.buy({ lookupKey: 'year' })
    const [subscription] = (await stripe.subscriptions.list()).data
    await later(5)
    const items = [{ id: subscription?.items.data[0]?.id ?? '', price: await priceOf('quarter') }]
    await stripe.subscriptions.update(subscription?.id ?? '', { items, ...always })
    await told()
    expect((await inTime()).map(({ product, revoked }) => [product, revoked])).toEqual([
      ['year', 'superseded'],
      ['quarter', null],
    ])
  })
})

test('a line is known by the price that the license was sold on, where the catalog has forgotten it', async () => {
  const { stripe } = shop.deps
  const { db } = shop.database
  await shop.buy({ lookupKey: 'year' })
  const [subscription] = (await stripe.subscriptions.list()).data
  const [id, item] = [subscription?.id ?? '', subscription?.items.data[0]]
  await later(5)
  const small = await priceOf('small')
  await stripe.subscriptions.update(id, { items: [{ id: item?.id ?? '', price: small }], ...always })
  await tell(shop, await handledHistory(shop))
  // Both are sold under one product of Stripe's, which says nothing then.
  const product = (await stripe.subscriptions.retrieve(id)).items.data[0]?.price.product
  const forgotten = { stripe_price_id: null, stripe_product_id: String(product) }
  await db.deleteFrom('prices').where('stripe_price_id', '=', small).execute()
  await db.updateTable('products').set(forgotten).where('slug', 'in', ['small', 'year']).execute()
  await renewedAt(item?.current_period_end ?? 0, id)
  await tell(shop, await handledHistory(shop))
  expect((await inTime()).map((license) => license.product)).toEqual(['year', 'small', 'small'])
})
