import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

// An invoice brings what its lines pay for, by one rule for the first period, renewals and changes: what a subscription no longer contains brings nothing.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const DAY = 86_400

async function subscribed(slug: string, managedProducts?: number) {
  await shop.buy({ lookupKey: slug, ...(managedProducts === undefined ? {} : { managedProducts }) })
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  const item = subscription?.items.data[0]
  await later(1)
  return { id: subscription?.id ?? '', itemId: item?.id ?? '', end: item?.current_period_end ?? 0 }
}

async function later(days: number): Promise<void> {
  const { now } = await shop.emulator.control.clock()
  await shop.emulator.control.clock({ freezeAt: now + days * DAY })
}

async function renewedAt(end: number, id: string): Promise<void> {
  await shop.emulator.control.clock({ freezeAt: end })
  await shop.emulator.control.renew(id)
}

/** A yearly price of something that is no license of ours. */
async function support(): Promise<string> {
  const { stripe } = shop.deps
  const { id: product } = await stripe.products.create({ name: 'Support hours' })
  return (await stripe.prices.create({ product, currency: 'usd', unit_amount: 900, recurring: { interval: 'year' } })).id
}

async function priceOf(lookupKey: string): Promise<string> {
  const [price] = (await shop.deps.stripe.prices.list({ lookup_keys: [lookupKey] })).data
  return price?.id ?? ''
}

const always = { proration_behavior: 'always_invoice' as const }
const told = async () => tell(shop, await handledHistory(shop))
const licenses = async () => (await resultOf(shop)).licenses
const states = async () => (await licenses()).map(({ product, seats, revoked }) => [product, seats, revoked])

describe.each([
  ['as they came', (history: string[]) => history],
  ['in reverse', (history: string[]) => history.toReversed()],
] as const)('events %s', (_order, ordered) => {
  const told = async () => tell(shop, ordered(await handledHistory(shop)))

  test.each([
    ['a fixed price', 'year', undefined],
    ['an inline price', 'team', 5],
  ] as const)('sold at %s and switched to what is no license: ended then, and never renewed', async (_price, slug, seats) => {
    const { id, itemId, end } = await subscribed(slug, seats)
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, price: await support() }], ...always })
    const { now } = await shop.emulator.control.clock()
    await renewedAt(end, id)
    await told()
    expect((await licenses()).map(({ revoked }) => revoked)).toEqual(['canceled'])
    const row = await shop.database.db.selectFrom('licenses').select('revoked_at').executeTakeFirstOrThrow()
    expect(row.revoked_at).toEqual(new Date(now * 1000))
    expect((await resultOf(shop)).unsettled).toEqual([])
  })

  test.each([
    ['switched to something else', async (item: string) => [{ id: item, price: await support() }]],
    [
      'taken off, while something else stays',
      async (item: string) => [{ id: item, deleted: true as const }, { price: await support() }],
    ],
    ['set to nothing', async (item: string) => [{ id: item, quantity: 0 }]],
  ])('maintenance that is %s is not renewed', async (_how, items) => {
    const { id, itemId, end } = await subscribed('auto')
    await told()
    const [before] = await licenses()
    await shop.deps.stripe.subscriptions.update(id, { items: await items(itemId), ...always })
    await renewedAt(end, id)
    await told()
    expect(before?.maintainedUntil).toBeInstanceOf(Date)
    expect((await licenses()).map(({ maintainedUntil }) => maintainedUntil)).toEqual([before?.maintainedUntil])
    expect((await resultOf(shop)).unsettled).toEqual([])
  })

  test('taken off without an invoice of its own: ended where the next invoice gives its time back, and not renewed', async () => {
    const { id, itemId, end } = await subscribed('year')
    await shop.deps.stripe.subscriptions.update(id, {
      items: [{ price: await support(), quantity: 1 }],
      proration_behavior: 'none',
    })
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, deleted: true }] })
    await renewedAt(end, id)
    await told()
    expect(await states()).toEqual([['year', 10, 'canceled']])
  })

  test('switched to what is no license, and canceled a week later: ended by the switch, whichever is told of first', async () => {
    const { id, itemId } = await subscribed('year')
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, price: await support() }], ...always })
    const { now } = await shop.emulator.control.clock()
    await later(7)
    await shop.deps.stripe.subscriptions.cancel(id)
    await told()
    expect(await licenses()).toMatchObject([{ revoked: 'canceled', revokedAt: new Date(now * 1000) }])
  })

  test('nothing, and then something again: ended, and good from then on', async () => {
    const { id, itemId } = await subscribed('year')
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, quantity: 0 }], ...always })
    await later(3)
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, quantity: 2 }], ...always })
    await told()
    expect((await licenses()).filter(({ revoked }) => revoked === null)).toMatchObject([{ product: 'year', seats: 20 }])
  })

  test('a second item of the same product: its units come on top, at once and at renewal; taken off again, they go', async () => {
    const { id, end } = await subscribed('year')
    const price = await shop.deps.stripe.prices.create({
      product: String((await shop.deps.stripe.subscriptions.retrieve(id)).items.data[0]?.price.product),
      currency: 'usd',
      unit_amount: 20_000,
      recurring: { interval: 'year' },
    })
    const { items } = await shop.deps.stripe.subscriptions.update(id, { items: [{ price: price.id, quantity: 2 }], ...always })
    await renewedAt(end, id)
    await later(5)
    const second = items.data.find((item) => item.price.id === price.id)?.id ?? ''
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: second, deleted: true }], ...always })
    await told()
    expect((await states()).toSorted()).toEqual(
      [
        ['year', 10, 'superseded'],
        ['year', 30, null],
        ['year', 30, 'superseded'],
        ['year', 10, null],
      ].toSorted(),
    )
  })
})

test('one of two items taken off a license of an older release: what is still paid for goes on', async () => {
  const { stripe } = shop.deps
  const { id, itemId } = await subscribed('year')
  const product = String((await stripe.subscriptions.retrieve(id)).items.data[0]?.price.product)
  const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 20_000, recurring: { interval: 'year' } })
  const { items } = await stripe.subscriptions.update(id, { items: [{ price: price.id, quantity: 2 }] })
  await renewedAt(items.data.find((item) => item.id === itemId)?.current_period_end ?? 0, id)
  await told()
  await shop.database.db.updateTable('licenses').set({ sold_as: null }).execute()
  await later(5)
  const second = items.data.find((item) => item.price.id === price.id)?.id ?? ''
  await stripe.subscriptions.update(id, { items: [{ id: second, deleted: true }], ...always })
  await told()
  const [, ...after] = await states()
  expect(after).toEqual([
    ['year', 30, 'superseded'],
    ['year', 10, null],
  ])
})

test.each(['add item, remove item', 'remove item, add item'])('%s is a change of plan', async (order) => {
  const { id, itemId } = await subscribed('small')
  const items = [
    { price: await priceOf('year'), quantity: 3 },
    { id: itemId, deleted: true },
  ]
  await shop.deps.stripe.subscriptions.update(id, { items: order.startsWith('add') ? items : items.toReversed(), ...always })
  await told()
  expect((await states()).toSorted()).toEqual([
    ['small', 3, 'superseded'],
    ['year', 30, null],
  ])
})

test('a switch to a tiered price brings the seats that it pays for, and one that says nothing is parked', async () => {
  const { id, itemId } = await subscribed('year')
  const team = await shop.database.db
    .selectFrom('products')
    .select('stripe_product_id')
    .where('slug', '=', 'team')
    .executeTakeFirstOrThrow()
  const price = (unit_amount: number) =>
    shop.deps.stripe.prices.create({
      product: String(team.stripe_product_id),
      currency: 'usd',
      unit_amount,
      recurring: { interval: 'year' },
    })
  await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, price: (await price(12_000)).id }], ...always })
  await told()
  expect((await licenses()).filter(({ revoked }) => revoked === null)).toMatchObject([{ product: 'team', seats: 10 }])
  await later(1)
  await shop.deps.stripe.subscriptions.update(id, { items: [{ id: itemId, price: (await price(777)).id }], ...always })
  await told()
  expect(new Set((await resultOf(shop)).unsettled.map(({ reason }) => reason))).toEqual(
    new Set(['cannot issue: how many seats of team its price pays for is not known']),
  )
})

describe('the first period', () => {
  async function madeAtStripe(slug: string, items: { price: string; quantity: number }[]) {
    const { stripe } = shop.deps
    const { id: customer } = await stripe.customers.create({ email: 'ent@acme.example' })
    await shop.emulator.control.setCard(customer, '4242424242424242')
    const metadata = { group_name: 'acme', product_slug: slug, email: 'ent@acme.example' }
    return stripe.subscriptions.create({ customer, items, metadata })
  }

  test.each([
    ['first', true],
    ['last', false],
  ])('our line %s: its own quantity and period count', async (_where, first) => {
    const other = { price: await support(), quantity: 7 }
    const own = { price: await priceOf('year'), quantity: 4 }
    await madeAtStripe('year', first ? [own, other] : [other, own])
    await told()
    expect(await states()).toEqual([['year', 40, null]])
  })

  test('two bundles bring the parts of both, and every later period too', async () => {
    const { id, items } = await madeAtStripe('box-year', [{ price: await priceOf('box-year'), quantity: 2 }])
    await renewedAt(items.data[0]?.current_period_end ?? 0, id)
    await told()
    const parts = (await licenses()).filter(({ for: key }) => key.includes('#')).map(({ product }) => product)
    expect(parts.filter((slug) => slug === 'agent-part-year')).toHaveLength(8)
    expect(parts).toHaveLength(12)
  })

  test('more bundles than one sale brings are parked before anything is signed', async () => {
    await madeAtStripe('box-year', [{ price: await priceOf('box-year'), quantity: 334 }])
    await told()
    const { licenses, unsettled } = await resultOf(shop)
    expect(licenses).toEqual([])
    expect(new Set(unsettled.map(({ reason }) => reason))).toEqual(
      new Set(['cannot issue: 1002 parts of bundles are more than 1000']),
    )
  })
})
