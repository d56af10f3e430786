import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { ops } from '../../testing/an-order.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { reconcile } from './reconcile.ts'

// A run whose lease is lost meets its successor: it ends before its next step, whichever that is.
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
  const maintained = { license_type: 'perpetual', maintenance: 'auto', maintenance_price_lookup_key: 'maintenance-week' }
  await shop.sell({ slug: 'weekly', metadata: maintained })
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

/** Loses the lease when so many purchases more have been issued, or a step told so often how far it is. */
async function lostAt(step: 'issued' | 'events' | 'purchases', times = 1): Promise<void> {
  const lease = new AbortController()
  let seen = 0
  const lose = (now: string) => {
    if (now === step) seen += 1
    if (seen === times) lease.abort(new Error('lost'))
  }
  const log = { ...silentLog, info: () => lose('issued') }
  const since = new Date(Date.now() - 7 * 86_400_000)
  const options = { since, dryRun: false, signal: lease.signal, onProgress: lose }
  await expect(reconcile({ ...shop.deps, log }, ops, options)).rejects.toThrow('lost')
}

/** Pages of them: then the walk through what was paid is at its end. */
const SESSIONS_AND_INVOICES = 2

async function forgetLicenses(): Promise<void> {
  for (const table of ['outbox', 'payments', 'licenses']) await sql`DELETE FROM ${sql.table(table)}`.execute(shop.database.db)
}

test('between two events that never arrived', async () => {
  for (let count = 0; count < 3; count += 1) await shop.buy({ lookupKey: 'once' })
  await lostAt('issued')
  expect(await shop.count()).toMatchObject({ licenses: 1 })
})

test('before an event that waited for another is tried again', async () => {
  const { stripe } = shop.deps
  const { id: product } = await stripe.products.create({ name: 'Maintenance by the week' })
  const weekly = { product, currency: 'usd', unit_amount: 900, recurring: { interval: 'week' as const } }
  await stripe.prices.create({ ...weekly, lookup_key: 'maintenance-week' })
  const sessionId = await shop.buy({ lookupKey: 'weekly' })
  const { subscription } = await stripe.checkout.sessions.retrieve(sessionId)
  await shop.emulator.control.advance(7 * 86_400)
  await shop.emulator.control.renew(String(subscription))
  await lostAt('events')
  // Stripe lists the newest first, so the further period came before the purchase that it needs.
  expect(await shop.count()).toMatchObject({ licenses: 1, payments: 1 })
})

test('between two purchases that left nothing', async () => {
  for (let count = 0; count < 3; count += 1) await shop.buy({ lookupKey: 'once' })
  await tell(shop, await handledHistory(shop))
  await forgetLicenses()
  await lostAt('issued')
  expect(await shop.count()).toMatchObject({ licenses: 1 })
})

test('before a parked event of a purchase that was served is settled', async () => {
  await shop.buy({ lookupKey: 'once' })
  await tell(shop, await handledHistory(shop))
  const [body = ''] = await shop.events('checkout.session.completed')
  const parked = { type: 'checkout.session.completed', apiVersion: undefined, payload: Buffer.from(body), receivedAt: new Date() }
  const { db } = shop.database
  await inTransaction(db, (tx) => stripeEvents.park(tx, { ...parked, eventId: 'evt_twin' }, 'cannot be read', new Date()))
  await lostAt('purchases', SESSIONS_AND_INVOICES)
  expect(await stripeEvents.list(db, { status: 'parked' }, 10)).toHaveLength(1)
})

test('before it asks about a license that has no payment', async () => {
  await shop.buy({ lookupKey: 'once' })
  await tell(shop, await handledHistory(shop))
  await sql`DELETE FROM payments`.execute(shop.database.db)
  await lostAt('purchases', SESSIONS_AND_INVOICES)
})
