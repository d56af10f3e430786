import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { reconcile } from '../reconcile/reconcile.ts'

// What was paid for is served or parked; what is certainly another application's is ignored, and never in the way.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

const root = { identity: 'root', email: 'root@acme.example', roles: ['sysadmin'], groups: [], scopes: undefined }
const told = async () => tell(shop, await handledHistory(shop))

async function subscribed(slug: string, managedProducts?: number) {
  await shop.buy({ lookupKey: slug, ...(managedProducts === undefined ? {} : { managedProducts }) })
  const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
  return { id: subscription?.id ?? '', end: subscription?.items.data[0]?.current_period_end ?? 0 }
}

async function renewedAt(end: number, id: string): Promise<void> {
  await shop.emulator.control.clock({ freezeAt: end })
  await shop.emulator.control.renew(id)
}

describe.each([
  ['cleared', ''],
  ['without its group', { group_name: '', group: '' }],
  ['naming another product', { product_slug: 'no-such-product' }],
  ['that nobody can read', { managed_products: 'many', reservation_id: '' }],
] as const)('metadata %s at Stripe', (_what, metadata) => {
  test.each([
    ['year', undefined],
    ['team', 5],
    ['box-year', undefined],
  ] as const)('%s: a renewal brings what the subscription brought before', async (slug, managedProducts) => {
    const { id, end } = await subscribed(slug, managedProducts)
    await told()
    await shop.deps.stripe.subscriptions.update(id, { metadata })
    await renewedAt(end, id)
    await told()
    const { licenses, unsettled } = await resultOf(shop)
    expect(unsettled).toEqual([])
    const brought = licenses.map(({ product, seats, from }) => ({ product, seats, renewed: from >= new Date(end * 1000) }))
    const before = brought.filter(({ renewed }) => !renewed)
    expect(before.length).toBeGreaterThan(0)
    expect(brought.filter(({ renewed }) => renewed)).toEqual(before.map((one) => ({ ...one, renewed: true })))
    expect((await reconcile(shop.deps, root, { since: new Date(Date.now() - 86_400_000), dryRun: true })).agree).toBe(true)
  })
})

test('a subscription whose inline price is all that is left of us is followed: its product is ours', async () => {
  const { stripe } = shop.deps
  const { id } = await subscribed('team', 5)
  await stripe.subscriptions.update(id, { metadata: '' })
  const [event] = (await shop.events('customer.subscription.updated')).slice(-1)
  expect(await shop.process(event ?? '')).toMatchObject({ kind: 'processed' })
})

const copied = async (type: string) => JSON.parse((await shop.events(type))[0] ?? '')

test.each(['manual', 'quote_accept', 'subscription_threshold', 'something_new'])(
  'an invoice of ours with billing reason %s is parked, and reconcile names it',
  async (reason) => {
    await subscribed('year')
    const event = await copied('invoice.paid')
    event.data.object.billing_reason = reason
    expect(await shop.process(JSON.stringify(event))).toMatchObject({ kind: 'parked', reason: expect.stringContaining(reason) })
    const { parked, agree } = await reconcile(shop.deps, root, { since: new Date(Date.now() - 86_400_000), dryRun: true })
    expect([parked.length, agree]).toEqual([1, false])
  },
)

describe('a thin event of a type that we handle', () => {
  test.each(['', 'v1.'])('type %scheckout.session.completed: the object is asked for and the purchase served', async (prefix) => {
    const session = await shop.buy({ lookupKey: 'once' })
    const thin = {
      id: 'evt_thin',
      object: 'v2.core.event',
      type: `${prefix}checkout.session.completed`,
      created: new Date().toISOString(),
      related_object: { id: session, type: 'checkout.session', url: `/v1/checkout/sessions/${session}` },
    }
    expect(await shop.process(JSON.stringify(thin))).toMatchObject({ kind: 'processed' })
    expect((await resultOf(shop)).licenses).toMatchObject([{ product: 'once' }])
  })

  test('that names nothing is parked', async () => {
    const thin = { id: 'evt_thin', object: 'v2.core.event', type: 'invoice.paid', created: new Date().toISOString() }
    expect(await shop.process(JSON.stringify(thin))).toMatchObject({ kind: 'parked' })
  })
})

test('a session without what is not used is served', async () => {
  await shop.buy({ lookupKey: 'once' })
  const event = await copied('checkout.session.completed')
  for (const unused of ['created', 'expires_at', 'status', 'url', 'custom_fields', 'total_details'])
    delete event.data.object[unused]
  expect(await shop.process(JSON.stringify(event))).toMatchObject({ kind: 'processed' })
})

test('an unknown payment status is no payment, and for people to look at', async () => {
  await shop.buy({ lookupKey: 'once' })
  const event = await copied('checkout.session.completed')
  event.data.object.payment_status = 'promised'
  expect(await shop.process(JSON.stringify(event))).toMatchObject({
    kind: 'parked',
    reason: expect.stringContaining('payment status'),
  })
  expect((await resultOf(shop)).licenses).toEqual([])
})

test("another account's event is ignored; one of the other mode is parked with an alarm", async () => {
  await shop.buy({ lookupKey: 'once' })
  const event = await copied('checkout.session.completed')
  const errors: string[] = []
  const log = { ...shop.deps.log, error: (message: string) => void errors.push(message) }
  const foreign = JSON.stringify({ ...event, id: 'evt_connected', account: 'acct_1' })
  expect(await shop.processWith({ log }, foreign)).toMatchObject({ kind: 'ignored' })
  expect(errors).toEqual([])
  const live = JSON.stringify({ ...event, id: 'evt_live', livemode: true })
  expect(await shop.processWith({ log }, live)).toMatchObject({ kind: 'parked', reason: expect.stringContaining('live mode') })
  expect(errors).toContain('stripe key and webhook are of different modes')
  expect((await resultOf(shop)).licenses).toEqual([])
})

describe("another application's object in a shape that nobody knows", () => {
  const foreign = { metadata: { order: '17', app: 'webshop' } }
  test.each([
    ['checkout.session.completed', { id: 'cs_other', ...foreign }],
    ['invoice.paid', { id: 'in_other', lines: { data: [{ price: { id: 'price_other' } }] } }],
    ['customer.subscription.updated', { id: 'sub_other', items: {}, ...foreign }],
    ['charge.refunded', { id: 'ch_other', ...foreign }],
    ['charge.dispute.created', { id: 'du_other', charge: 'ch_other', status: 'something_new' }],
  ])('%s is ignored', async (type, object) => {
    const event = { id: 'evt_other', object: 'event', type, created: 1_800_000_000, data: { object } }
    expect(await shop.process(JSON.stringify(event))).toMatchObject({ kind: 'ignored' })
  })

  test.each([
    ['its metadata is ours', { id: 'in_x', metadata: { product_slug: 'year' } }],
    ['its price is ours', { id: 'in_x', lines: { data: [{ price: 'PRICE' }] } }],
    ['it says nothing', { id: 'in_x' }],
    ['it has more lines at Stripe', { id: 'in_x', lines: { data: [{ price: 'price_other' }], has_more: true } }],
    ['it says more than is looked at', { id: 'in_x', lines: Array(5001).fill('price_other') }],
  ])('where %s it is parked', async (_why, object) => {
    const [price] = (await shop.deps.stripe.prices.list({ lookup_keys: ['year'] })).data
    const text = JSON.stringify({ id: 'evt_x', object: 'event', type: 'invoice.paid', created: 1_800_000_000, data: { object } })
    expect(await shop.process(text.replace('PRICE', price?.id ?? ''))).toMatchObject({ kind: 'parked' })
  })
})
