import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'

// A first purchase is read by the rules of every later invoice, whichever event tells of it: what its lines pay for is brought.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const DAY = 86_400
const states = async () => (await resultOf(shop)).licenses.map(({ product, seats, revoked }) => [product, seats, revoked])
const reasons = async () => new Set((await resultOf(shop)).unsettled.map(({ reason }) => reason))
const copied = async (type: string) => JSON.parse((await shop.events(type))[0] ?? '')

async function priceOf(lookupKey: string): Promise<string> {
  const [price] = (await shop.deps.stripe.prices.list({ lookup_keys: [lookupKey] })).data
  return price?.id ?? ''
}

async function support(recurring?: { interval: 'year' }): Promise<string> {
  const { stripe } = shop.deps
  const { id: product } = await stripe.products.create({ name: 'Support hours' })
  const price = { product, currency: 'usd', unit_amount: 900 }
  return (await stripe.prices.create(recurring === undefined ? price : { ...price, recurring })).id
}

/** A session that no checkout of ours made, as a payment link makes one: it holds nothing, and sells quantities. */
async function paidByLink(mode: 'payment' | 'subscription', slug: string, lines: { price: string; quantity: number }[]) {
  const metadata = { group_name: 'acme', product_slug: slug, email: 'ada@acme.example', term_days: '365' }
  const { id } = await shop.deps.stripe.checkout.sessions.create({
    mode,
    line_items: lines,
    success_url: 'https://shop.example',
    metadata,
    ...(mode === 'subscription' ? { subscription_data: { metadata } } : {}),
  })
  await shop.emulator.control.completeCheckout(id)
  return id
}

describe('a session that is paid once', () => {
  test.each([
    ['first', true],
    ['last', false],
  ])('brings the quantity of our own line, where that stands %s', async (_where, first) => {
    await shop.database.db.updateTable('products').set({ max_managed_products: 5 }).where('slug', '=', 'once').execute()
    const own = { price: await priceOf('once'), quantity: 3 }
    const other = { price: await support(), quantity: 7 }
    await paidByLink('payment', 'once', first ? [own, other] : [other, own])
    await tell(shop, await handledHistory(shop))
    await shop.database.db.updateTable('products').set({ max_managed_products: null }).where('slug', '=', 'once').execute()
    expect(await states()).toEqual([['once', 15, null]])
  })

  test('brings the parts of as many bundles as it sells', async () => {
    await paidByLink('payment', 'box', [{ price: await priceOf('box'), quantity: 2 }])
    await tell(shop, await handledHistory(shop))
    expect((await resultOf(shop)).licenses.filter(({ for: key }) => key.includes('#'))).toHaveLength(6)
  })

  test('of another of our products than it names, and of several, is parked', async () => {
    await paidByLink('payment', 'forever', [
      { price: await priceOf('once'), quantity: 1 },
      { price: await priceOf('box'), quantity: 1 },
    ])
    await tell(shop, await handledHistory(shop))
    expect(await states()).toEqual([])
    expect([...(await reasons())]).toEqual([expect.stringContaining('several products')])
  })
})

describe.each(['checkout.session.completed', 'invoice.paid'])('a subscription, told of by %s alone', (type) => {
  test('brings the quantity of our own line and remembers on what it was sold', async () => {
    const price = await priceOf('year')
    const lines = [
      { price: await support({ interval: 'year' }), quantity: 7 },
      { price, quantity: 4 },
    ]
    await paidByLink('subscription', 'year', lines)
    await tell(shop, await shop.events(type))
    expect(await states()).toEqual([['year', 40, null]])
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    const item = subscription?.items.data.find((one) => one.price.id === price)
    const { sold_as } = await shop.database.db.selectFrom('licenses').select('sold_as').executeTakeFirstOrThrow()
    const stripeProductId = item?.price.product
    expect(sold_as).toEqual([{ itemId: item?.id, priceId: price, stripeProductId, quantity: 4 }])
  })

  test('maintenance remembers the item that renews it, not what was paid once', async () => {
    await shop.buy({ lookupKey: 'auto' })
    await tell(shop, await shop.events(type))
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    const { sold_as } = await shop.database.db.selectFrom('licenses').select('sold_as').executeTakeFirstOrThrow()
    expect(sold_as).toMatchObject([{ priceId: subscription?.items.data[0]?.price.id }])
  })
})

describe('a first invoice', () => {
  const told = async (change: (line: Record<string, never>) => void) => {
    await shop.buy({ lookupKey: 'year' })
    const event = await copied('invoice.paid')
    for (const line of event.data.object.lines.data) change(line)
    return { event, outcome: await shop.process(JSON.stringify(event)) }
  }

  test('over zero units brings nothing', async () => {
    const { outcome } = await told((line) => Object.assign(line, { quantity: 0 }))
    expect(outcome).toMatchObject({ kind: 'ignored', reason: 'the invoice is over zero units' })
    expect(await states()).toEqual([])
  })

  test('pays for the period of our own line, also where another stands before it', async () => {
    await shop.buy({ lookupKey: 'year' })
    const event = await copied('invoice.paid')
    const { data } = event.data.object.lines
    const [own] = data
    const period = { ...own.period, end: own.period.start + 30 * DAY }
    data.unshift({ ...own, period, pricing: { price_details: { price: 'price_other', product: 'prod_other' } } })
    await shop.process(JSON.stringify(event))
    expect((await resultOf(shop)).licenses).toMatchObject([{ product: 'year', until: new Date(own.period.end * 1000) }])
  })

  test('that is anchored to a day pays for the part of a period that it names', async () => {
    let until = 0
    await told(({ parent, period }: Record<string, { [key: string]: unknown; start: number; end: number }>) => {
      Object.assign(parent?.subscription_item_details ?? {}, { proration: true })
      until = (period?.start ?? 0) + 36 * DAY
      Object.assign(period ?? {}, { end: until })
    })
    const { licenses } = await resultOf(shop)
    expect(licenses).toMatchObject([{ product: 'year', until: new Date(until * 1000) }])
  })
})
