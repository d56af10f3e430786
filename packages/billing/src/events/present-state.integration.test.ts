import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { reconcileOnce } from '../reconcile/reconcile-once.ts'
import { replayEvent } from './replay-event.ts'
import { sweepStoredEvents } from './sweep-stored-events.ts'

const ops = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
const WEEK_MS = 7 * 86_400_000
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

function reconciled(options: { minAgeMs?: number } = {}) {
  return reconcile(shop.deps, ops, { since: new Date(Date.now() - WEEK_MS), dryRun: false, ...options })
}

const requests = async () => (await shop.emulator.control.traffic()).map(({ method, path }) => `${method} ${path}`)

function rename(from: string, to: string): Promise<unknown> {
  return shop.database.db.updateTable('products').set({ slug: to }).where('slug', '=', from).execute()
}

/** Buys what has another slug by the time that it is heard of. */
async function boughtUnderAnOldName(slug: 'once' | 'year'): Promise<void> {
  await shop.buy({ lookupKey: slug })
  await rename(slug, `new-${slug}`)
  await tell(shop, await handledHistory(shop))
}

/** Mended at Stripe: at the session where something was bought once, else at the subscription. */
async function mend(slug: string): Promise<void> {
  const { stripe } = shop.deps
  const right = { metadata: { product_slug: `new-${slug}` } }
  const [subscription] = (await stripe.subscriptions.list()).data
  const [session] = (await stripe.checkout.sessions.list()).data
  if (subscription === undefined) await stripe.checkout.sessions.update(session?.id ?? '', right)
  else await stripe.subscriptions.update(subscription.id, right)
}

const parked = () => stripeEvents.list(shop.database.db, { status: 'parked' }, 10)

describe.each(['once', 'year'] as const)('%s: a purchase that was parked for its metadata', (slug) => {
  afterEach(() => rename(`new-${slug}`, slug))

  test('is issued by a replay once that is mended at Stripe, and not before', async () => {
    await boughtUnderAnOldName(slug)
    const waiting = await parked()
    expect(waiting.length).toBeGreaterThan(0)
    for (const { eventId } of waiting) expect(await replayEvent(shop.deps, ops, eventId)).toMatchObject({ kind: 'parked' })
    await mend(slug)
    for (const { eventId } of waiting) expect(await replayEvent(shop.deps, ops, eventId)).toMatchObject({ kind: 'processed' })
    const { licenses, announcements, unsettled } = await resultOf(shop)
    expect(licenses).toMatchObject([{ product: `new-${slug}`, revoked: null }])
    expect(announcements).toHaveLength(1)
    expect(unsettled).toEqual([])
  })

  test('is issued by the sweep that takes a replay over, once that is mended at Stripe', async () => {
    await boughtUnderAnOldName(slug)
    await mend(slug)
    const { db } = shop.database
    for (const { eventId } of await parked()) await inTransaction(db, (tx) => stripeEvents.reopen(tx, eventId, new Date(0)))
    await sweepStoredEvents(shop.deps, () => undefined)
    const { licenses, unsettled } = await resultOf(shop)
    expect(licenses).toMatchObject([{ product: `new-${slug}`, revoked: null }])
    expect(unsettled).toEqual([])
  })

  test('is issued by reconcile, and none of its events stays parked', async () => {
    await boughtUnderAnOldName(slug)
    expect(await reconciled()).toMatchObject({ agree: false })
    await mend(slug)
    expect(await reconciled()).toMatchObject({ agree: true, parked: [] })
    const { licenses, announcements } = await resultOf(shop)
    expect(licenses).toMatchObject([{ product: `new-${slug}`, revoked: null }])
    expect(announcements).toHaveLength(1)
  })
})

describe('what a reconcile costs and leaves alone', () => {
  test('fifteen trials that have not changed: three lists, and no request of its own for any of them', async () => {
    for (let trial = 0; trial < 15; trial += 1) await shop.buy({ lookupKey: 'tried' })
    await tell(shop, await handledHistory(shop))
    expect(await reconciled()).toMatchObject({ agree: true })
    const before = (await requests()).length
    expect(await reconciled()).toMatchObject({ agree: true })
    expect((await requests()).slice(before)).toEqual(['GET /v1/events', 'GET /v1/checkout/sessions', 'GET /v1/invoices'])
  })

  test('what happened just now is under way: it is neither fed nor named', async () => {
    await shop.buy({ lookupKey: 'once' })
    await shop.buy({ lookupKey: 'year' })
    const young = await reconciled({ minAgeMs: 300_000 })
    expect(young).toMatchObject({ agree: true, events: { found: 0, missing: [] }, purchases: { checked: 0, unserved: [] } })
    expect((await resultOf(shop)).licenses).toEqual([])
    const { db, now, ...deps } = shop.deps
    const later = { ...deps, db, now: () => new Date(now().getTime() + 600_000) }
    const report = await reconcile(later, ops, { since: new Date(Date.now() - WEEK_MS), dryRun: false, minAgeMs: 300_000 })
    expect(report).toMatchObject({ agree: true, purchases: { checked: 2 } })
    expect((await resultOf(shop)).licenses).toHaveLength(2)
  })

  test('a run that lost its lease stops', async () => {
    await shop.buy({ lookupKey: 'once' })
    const { db } = shop.database
    const asked = requests()
    const steal = () => sql`UPDATE leases SET owner = 'another' WHERE name = 'reconcile'`.execute(db)
    // The first list waits until another instance has the lease, and ours knows.
    const { stripe } = shop.deps
    const { list } = stripe.events
    const slow = Object.assign(Object.create(stripe), {
      events: Object.assign(Object.create(stripe.events), {
        list: async (query: Parameters<typeof list>[0]) => {
          await steal()
          await new Promise((resolve) => setTimeout(resolve, 11_000))
          return stripe.events.list(query)
        },
      }),
    })
    const agreed: boolean[] = []
    await reconcileOnce({ ...shop.deps, stripe: slow }, WEEK_MS, (agree) => agreed.push(agree))
    expect(agreed).toEqual([])
    expect((await requests()).slice((await asked).length)).toEqual(['GET /v1/events'])
    expect((await resultOf(shop)).licenses).toEqual([])
    await inTransaction(db, (tx) => tx.deleteFrom('leases').execute())
  }, 60_000)
})
