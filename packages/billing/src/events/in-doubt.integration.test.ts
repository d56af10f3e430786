import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { reconcile } from '../reconcile/reconcile.ts'

// Where nobody can tell what an invoice pays for, nothing is issued: it is parked with its reason, and reconcile names it.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const root = { identity: 'root', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const always = { proration_behavior: 'always_invoice' } as const
const acme = { group_name: 'acme', email: 'ent@acme.example' }
const told = async () => tell(shop, await handledHistory(shop))
const reconciled = (dryRun: boolean) => reconcile(shop.deps, root, { since: new Date(Date.now() - 86_400_000), dryRun })

async function priceOf(lookupKey: string): Promise<string> {
  const [price] = (await shop.deps.stripe.prices.list({ lookup_keys: [lookupKey] })).data
  return price?.id ?? ''
}

async function support(): Promise<string> {
  const { stripe } = shop.deps
  const { id: product } = await stripe.products.create({ name: 'Support hours' })
  return (await stripe.prices.create({ product, currency: 'usd', unit_amount: 900, recurring: { interval: 'year' } })).id
}

async function madeAtStripe(metadata: Record<string, string>, prices: string[]) {
  const { stripe } = shop.deps
  const { id: customer } = await stripe.customers.create({ email: acme.email })
  await shop.emulator.control.setCard(customer, '4242424242424242')
  const items = prices.map((price) => ({ price, quantity: 1 }))
  return stripe.subscriptions.create({ customer, items, metadata: { ...acme, ...metadata } })
}

/** A purchase of an older release, which wrote down nowhere on what it was sold. */
async function soldLongAgo(slug: string, forgotten: { stripe_invoice_id?: string } = {}) {
  await shop.buy({ lookupKey: slug })
  await told()
  await shop.database.db
    .updateTable('licenses')
    .set({ sold_as: null, ...forgotten })
    .execute()
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  const { now } = await shop.emulator.control.clock()
  await shop.emulator.control.clock({ freezeAt: now + 86_400 })
  const item = subscription?.items.data[0]
  return { id: subscription?.id ?? '', itemId: item?.id ?? '', end: item?.current_period_end ?? 0 }
}

/** What is parked, each reason once; the books do not agree then. */
async function reasons(): Promise<string[]> {
  expect((await reconciled(true)).agree).toBe(false)
  return [...new Set((await resultOf(shop)).unsettled.map(({ reason }) => reason ?? ''))]
}

test('a first invoice of several products that were not bought: named, also when Stripe has forgotten its events', async () => {
  await madeAtStripe({ product_slug: 'quarter' }, [await priceOf('year'), await priceOf('small')])
  const { now } = await shop.emulator.control.clock()
  await shop.emulator.control.clock({ freezeAt: now + 60 * 86_400 })
  const [invoice] = (await shop.deps.stripe.invoices.list()).data
  const named = { paidBy: invoice?.id, expected: `invoice:${invoice?.id}`, repaired: false }
  expect(await reconciled(true)).toMatchObject({ agree: false, events: { found: 0 }, purchases: { unserved: [named] } })
  const { agree, purchases, parked } = await reconciled(false)
  expect([agree, purchases.unserved]).toMatchObject([false, [{ ...named, outcome: 'parked' }]])
  expect(parked).toMatchObject([{ reason: 'cannot issue: the invoice is about several products: year, small' }])
  expect((await resultOf(shop)).licenses).toEqual([])
})

test.each([
  ['of several lines that are none of ours', { product_slug: 'year' }, 2, 'none of several lines of the invoice names'],
  ['that names no product', { product_key: 'core' }, 1, 'neither its metadata nor its price names a product'],
] as const)('a first invoice %s', async (_what, metadata, count, reason) => {
  await madeAtStripe(metadata, await Promise.all(Array.from({ length: count }, support)))
  await told()
  expect(await reasons()).toEqual([expect.stringContaining(reason)])
  expect((await resultOf(shop)).licenses).toEqual([])
})

test('an item beside a license of an older release', async () => {
  const { id } = await soldLongAgo('year')
  await shop.deps.stripe.subscriptions.update(id, { items: [{ price: await priceOf('small'), quantity: 1 }], ...always })
  await told()
  expect(await reasons()).toEqual([expect.stringContaining('on what its license was sold is not known')])
})

test('an item taken off a license of an older release, whose invoice Stripe does not know', async () => {
  const { id, itemId } = await soldLongAgo('year', { stripe_invoice_id: 'in_gone' })
  const items = [{ id: itemId, deleted: true as const }, { price: await support() }]
  await shop.deps.stripe.subscriptions.update(id, { items, ...always })
  await told()
  expect(await reasons()).toEqual([expect.stringContaining('on what its license was sold is not known')])
})

test.each([
  ['a license', 'year', 'its first invoice is not known'],
  ['maintenance', 'auto', 'on what its maintenance was sold is not known'],
] as const)(
  'a renewal of %s of an older release by an item that says nothing, whose invoice Stripe does not know',
  async (_what, slug, reason) => {
    const { id, itemId, end } = await soldLongAgo(slug, { stripe_invoice_id: 'in_gone' })
    await shop.deps.stripe.subscriptions.update(id, {
      items: [{ id: itemId, price: await support() }],
      proration_behavior: 'none',
    })
    await shop.emulator.control.clock({ freezeAt: end })
    await shop.emulator.control.renew(id)
    await told()
    expect(await reasons()).toEqual([expect.stringContaining(reason)])
  },
)

test('a renewal of a license of an older release by an item that says nothing, whose first invoice sold several', async () => {
  const { id } = await madeAtStripe({ product_slug: 'year' }, [await priceOf('year'), await support()])
  await told()
  await shop.database.db.updateTable('licenses').set({ sold_as: null }).execute()
  const { items } = await shop.deps.stripe.subscriptions.retrieve(id)
  const price = await support()
  for (const item of items.data)
    await shop.deps.stripe.subscriptions.update(id, { items: [{ id: item.id, price }], proration_behavior: 'none' })
  await shop.emulator.control.clock({ freezeAt: items.data[0]?.current_period_end ?? 0 })
  await shop.emulator.control.renew(id)
  await told()
  expect(await reasons()).toEqual([expect.stringContaining('its first invoice sells several')])
})
