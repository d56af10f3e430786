import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { forgetAll, handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { kinds, sellAll, startOver } from '../../testing/kinds.ts'
import { discardEvent } from '../events/discard-event.ts'
import { replayEvent } from '../events/replay-event.ts'
import { sweepStoredEvents } from '../events/sweep-stored-events.ts'
import { reconcile } from './reconcile.ts'
import { reconcileOnce } from './reconcile-once.ts'

const ops = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const WEEK_MS = 7 * 86_400_000
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

function reconciled(options: { dryRun?: boolean; sinceMs?: number } = {}) {
  const since = new Date(Date.now() - (options.sinceMs ?? WEEK_MS))
  return reconcile(shop.deps, ops, { since, dryRun: options.dryRun ?? false })
}

/** Marks every event as processed without having done what it asks for. */
async function markAll(): Promise<void> {
  for (const payload of await handledHistory(shop)) {
    const { id, type, api_version: apiVersion } = JSON.parse(payload)
    const arrived = { eventId: id, type, apiVersion, payload: Buffer.from(payload), receivedAt: new Date() }
    await inTransaction(shop.database.db, (tx) => stripeEvents.markAs(tx, arrived, 'processed', new Date()))
  }
}

test('a week without webhooks and 200 purchases: 200 licenses, 200 announcements, and a second run finds nothing', async () => {
  const single = kinds.filter(({ product, payer }) => product.bundledProducts === undefined && payer === undefined)
  const start = Date.now() - 6.9 * 86_400_000
  for (let purchase = 0; purchase < 200; purchase += 1) {
    const kind = single[purchase % single.length]
    await shop.freezeAt(new Date(start + purchase * 49 * 60_000))
    await shop.buy({ lookupKey: kind?.product.slug ?? '', ...kind?.order })
  }
  await shop.freezeAt(undefined)
  const planned = await reconciled({ dryRun: true })
  expect(planned).toMatchObject({ agree: false, events: { known: 0, repaired: 0 } })
  expect((await resultOf(shop)).licenses).toEqual([])

  const report = await reconciled()
  expect(report).toMatchObject({ agree: true, parked: [], licenses: { unpaid: [] }, purchases: { unserved: [] } })
  expect(report.events.missing).toHaveLength(planned.events.found)
  const { licenses, announcements, unsettled } = await resultOf(shop)
  expect({ licenses: licenses.length, announcements: new Set(announcements).size, unsettled }).toEqual({
    licenses: 200,
    announcements: 200,
    unsettled: [],
  })
  expect(await reconciled()).toMatchObject({ agree: true, events: { missing: [], known: report.events.found } })
}, 120_000)

describe('payments are compared with licenses, not marks with marks', () => {
  test('P3 an event is marked as processed, and its license is not there: named, and issued', async () => {
    for (const slug of ['once', 'year', 'auto']) await shop.buy({ lookupKey: slug })
    await markAll()
    const planned = await reconciled({ dryRun: true })
    expect(planned).toMatchObject({ agree: false, events: { missing: [] } })
    expect(planned.purchases.unserved).toHaveLength(3)
    const report = await reconciled()
    expect(report.agree).toBe(true)
    expect(report.purchases.unserved.map(({ repaired }) => repaired)).toEqual([true, true, true])
    const { licenses, announcements } = await resultOf(shop)
    expect(licenses).toHaveLength(3)
    expect(announcements).toHaveLength(3)
    expect(await reconciled()).toMatchObject({ agree: true, purchases: { unserved: [] } })
  })

  test('P3 a bank debit: what counts is the event that tells of the money, not the one of the page', async () => {
    const sessionId = await shop.buy({ lookupKey: 'debit' }, { method: 'bank_debit' })
    await shop.emulator.control.settleDebit(sessionId, 'succeeded')
    await markAll()
    expect(await reconciled()).toMatchObject({ agree: true, purchases: { unserved: [{ paidBy: sessionId, repaired: true }] } })
    expect((await resultOf(shop)).licenses).toHaveLength(1)
  })

  test('P3 an invoice that was paid weeks after it was made', async () => {
    await shop.buy({ lookupKey: 'year' })
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    const id = subscription?.id ?? ''
    const { control } = shop.emulator
    await control.setCard(id, '4000000000000341')
    await control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
    await control.renew(id)
    await control.setCard(id, '4242424242424242')
    await control.advance(14 * 86_400)
    const now = (await control.clock()).now
    await shop.freezeAt(new Date(now * 1000))
    await markAll()
    const [invoice] = (await shop.deps.stripe.invoices.list()).data
    const paidAt = invoice?.status_transitions.paid_at ?? 0
    expect(paidAt - (invoice?.created ?? 0)).toBeGreaterThan(2 * 86_400)
    const report = await reconcile(shop.deps, ops, { since: new Date((paidAt - 60) * 1000), dryRun: false })
    expect(report.purchases.unserved).toMatchObject([{ paidBy: invoice?.id, repaired: true }])
    // With a window older than Stripe's events nothing names it, and it is found all the same.
    await forgetAll(shop)
    await shop.freezeAt(new Date((now + 40 * 86_400) * 1000))
    const late = await reconcile(shop.deps, ops, { since: new Date((paidAt - 60) * 1000), dryRun: false })
    expect(late.purchases.unserved).toMatchObject([{ paidBy: invoice?.id, repaired: true }])
  })

  test('what an operator has discarded stays so, and the books agree', async () => {
    await shop.sell({ slug: 'dropped' })
    await shop.syncCatalog()
    const sessionId = await shop.buy({ lookupKey: 'dropped' })
    const rename = (from: string, to: string) =>
      shop.database.db.updateTable('products').set({ slug: to }).where('slug', '=', from).execute()
    await rename('dropped', 'given-up')
    await tell(shop, await handledHistory(shop))
    expect(await reconciled()).toMatchObject({ agree: false, purchases: { unserved: [{ outcome: 'parked' }] } })
    const [parked] = await stripeEvents.list(shop.database.db, { status: 'parked' }, 10)
    await discardEvent({ db: shop.database.db, now: shop.deps.now }, ops, parked?.eventId ?? '', 'the money went back')
    await rename('given-up', 'dropped')
    expect(await reconciled()).toMatchObject({
      agree: true,
      parked: [],
      purchases: {
        unserved: [{ paidBy: sessionId, repaired: false, outcome: 'discarded', reason: 'discarded: the money went back' }],
      },
    })
    expect((await resultOf(shop)).licenses).toEqual([])
    await replayEvent(shop.deps, ops, parked?.eventId ?? '') // the decision can still be taken back
    expect(await reconciled()).toMatchObject({ agree: true, purchases: { unserved: [] } })
  })

  test('automatic maintenance whose metadata was edited at Stripe is not taken for a license that is missing', async () => {
    await shop.buy({ lookupKey: 'auto' })
    const [subscription] = (await shop.deps.stripe.subscriptions.list()).data
    await tell(shop, await handledHistory(shop))
    await shop.deps.stripe.subscriptions.update(subscription?.id ?? '', { metadata: { license_mode: '' } })
    await shop.emulator.control.clock({ freezeAt: subscription?.items.data[0]?.current_period_end ?? 0 })
    await shop.emulator.control.renew(subscription?.id ?? '')
    await tell(shop, await handledHistory(shop))
    expect(await reconciled()).toMatchObject({ agree: true, purchases: { unserved: [] } })
  })

  test('the term of a purchase that is told by itself begins with its payment', async () => {
    const sessionId = await shop.buy({ lookupKey: 'debit' }, { method: 'bank_debit' })
    const made = (await shop.emulator.control.clock()).now
    await shop.emulator.control.clock({ freezeAt: made + 5 * 86_400 })
    await shop.emulator.control.settleDebit(sessionId, 'succeeded')
    await shop.emulator.control.clock({ freezeAt: made + 60 * 86_400 })
    expect(await reconciled()).toMatchObject({ agree: true, events: { found: 0 } })
    const [license] = (await resultOf(shop)).licenses
    expect(license?.from).toEqual(new Date((made + 5 * 86_400) * 1000))
  })

  test('a purchase whose events Stripe has forgotten is told by the purchase itself', async () => {
    await shop.buy({ lookupKey: 'year' })
    await shop.buy({ lookupKey: 'once' })
    const sixtyDays = 60 * 86_400
    const { now } = await shop.emulator.control.clock()
    await shop.emulator.control.clock({ freezeAt: now + sixtyDays })
    // The window is Stripe's time, the licenses are dated by the purchases.
    const report = await reconciled()
    expect(report).toMatchObject({ agree: true, events: { found: 0 } })
    expect(report.purchases.unserved).toHaveLength(2)
    expect((await resultOf(shop)).licenses).toHaveLength(2)
    expect(await reconciled()).toMatchObject({ agree: true, purchases: { unserved: [] } })
  })

  test('a license without a payment is named and left alone', async () => {
    await shop.buy({ lookupKey: 'once' })
    await shop.buy({ lookupKey: 'tried' })
    await tell(shop, await handledHistory(shop))
    await shop.database.db.deleteFrom('payments').execute()
    const report = await reconciled()
    expect(report).toMatchObject({
      agree: false,
      licenses: {
        unpaid: [{ issuanceKey: expect.stringMatching(/^checkout:cs_/), reason: expect.stringContaining('not recorded') }],
      },
    })
    expect((await resultOf(shop)).licenses.map(({ revoked }) => revoked)).toEqual([null, null])
  })
})

test('what cannot be served stays parked and is named, and the books do not agree', async () => {
  await shop.sell({ slug: 'gone' })
  await shop.syncCatalog()
  await shop.buy({ lookupKey: 'gone' })
  await shop.database.db.updateTable('products').set({ slug: 'renamed' }).where('slug', '=', 'gone').execute()
  const report = await reconciled()
  expect(report).toMatchObject({
    agree: false,
    parked: [{ type: 'checkout.session.completed', reason: 'cannot issue: product gone is not in the catalog' }],
    purchases: { unserved: [{ repaired: false, outcome: 'parked' }] },
  })
  await shop.database.db.updateTable('products').set({ slug: 'gone' }).where('slug', '=', 'renamed').execute()
  expect(await reconciled()).toMatchObject({ agree: true, parked: [] })
})

test("a subscription of another application is nobody's business here", async () => {
  const { stripe } = shop.deps
  const product = await stripe.products.create({ name: 'Theirs' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
  })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://other.example',
  })
  await shop.emulator.control.completeCheckout(session.id)
  expect(await reconciled()).toMatchObject({ agree: true, purchases: { checked: 0, unserved: [] } })
  expect((await resultOf(shop)).licenses).toEqual([])
})

test('several processors at the same time: one reconciles, the others leave it to it', async () => {
  await shop.buy({ lookupKey: 'once' })
  const agreed: boolean[] = []
  const ran = await Promise.all([1, 2, 3].map(() => reconcileOnce(shop.deps, WEEK_MS, (agree) => agreed.push(agree))))
  expect(ran.filter(Boolean)).toHaveLength(1)
  expect(agreed).toEqual([true])
  expect((await resultOf(shop)).licenses).toHaveLength(1)
})

test('a change of a subscription whose purchase is parked does not keep the others from being compared', async () => {
  const { stripe } = shop.deps
  await shop.buy({ lookupKey: 'year' })
  await shop.database.db.updateTable('products').set({ slug: 'renamed' }).where('slug', '=', 'year').execute()
  try {
    const [subscription] = (await stripe.subscriptions.list()).data
    const recurring = { interval: 'year' } as const
    const product = String(subscription?.items.data[0]?.price.product)
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 20_000, recurring })
    const items = [{ price: price.id, quantity: 2 }]
    await stripe.subscriptions.update(subscription?.id ?? '', { items, proration_behavior: 'always_invoice' })
    for (const payload of await handledHistory(shop)) await shop.process(payload)
    await shop.buy({ lookupKey: 'once' })
    const report = await reconciled()
    expect(report.agree).toBe(false)
    expect(report.purchases.unserved.map(({ outcome }) => outcome).sort()).toEqual(['parked', 'retry'])
    expect((await resultOf(shop)).licenses).toMatchObject([{ product: 'once' }])
  } finally {
    await shop.database.db.updateTable('products').set({ slug: 'year' }).where('slug', '=', 'renamed').execute()
  }
  await reconciled() // brings the purchase, and the next run the change that waited for it
  expect(await reconciled()).toMatchObject({ agree: true, parked: [] })
})

describe.each(['once', 'year'] as const)('%s: what reconcile told by itself and could not finish', (slug) => {
  /** Parked under an id of ours, then made to wait again. @returns that id */
  async function waiting(): Promise<string> {
    const { control } = shop.emulator
    await shop.buy({ lookupKey: slug })
    await shop.database.db.updateTable('products').set({ slug: 'renamed' }).where('slug', '=', slug).execute()
    await control.clock({ freezeAt: (await control.clock()).now + 60 * 86_400 })
    expect(await reconciled()).toMatchObject({ agree: false, parked: [{ eventId: expect.stringMatching(/^reconcile_/) }] })
    await shop.database.db.updateTable('products').set({ slug }).where('slug', '=', 'renamed').execute()
    const [row] = await stripeEvents.list(shop.database.db, { status: 'parked' }, 10)
    await inTransaction(shop.database.db, (tx) => stripeEvents.reopen(tx, row?.eventId ?? '', new Date(0)))
    return row?.eventId ?? ''
  }

  test('is finished by the sweep, from what Stripe has and not from the stored bytes', async () => {
    const id = await waiting()
    await shop.database.db
      .updateTable('stripe_events')
      .set({ payload: Buffer.from('{}') })
      .where('event_id', '=', id)
      .execute()
    await sweepStoredEvents(shop.deps, () => undefined)
    expect(await stripeEvents.find(shop.database.db, id)).toMatchObject({ status: 'processed', unverified: false })
    expect((await resultOf(shop)).licenses).toMatchObject([{ product: slug, revoked: null }])
  })

  test('brings nothing when it is a message that nobody vouches for', async () => {
    const id = await waiting()
    await shop.database.db.updateTable('stripe_events').set({ unverified: 1 }).where('event_id', '=', id).execute()
    await sweepStoredEvents(shop.deps, () => undefined)
    expect(await stripeEvents.find(shop.database.db, id)).toMatchObject({ status: 'parked', unverified: true })
    expect((await resultOf(shop)).licenses).toEqual([])
  })
})
