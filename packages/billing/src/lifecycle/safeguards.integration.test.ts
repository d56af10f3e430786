import { setTimeout as sleep } from 'node:timers/promises'
import { startMaintenanceCheckout } from '@licenseoperator/checkout'
import { inTransaction, licenses, openDatabase, payments } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { lockPurchase, renewalsKey } from '@licenseoperator/licensing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handledHistory, resultOf, tell } from '../../testing/a-history.ts'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { sellAll, startOver } from '../../testing/kinds.ts'
import { processEvent } from '../events/process-event.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
  await sellAll(shop)
})
afterAll(() => shop.close())
beforeEach(() => startOver(shop))

async function someoneWaitsForALock(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx
      WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%licenses%'`.execute(shop.database.db)
    if (Number(rows[0]?.waiting) > 0) return
    // MySQL shows what it has kept until nobody has asked for a tenth of a second.
    await sleep(150)
  }
}

test('a license that is renewed while its maintenance is recounted is counted anew, and the renewal is not lost', async () => {
  const { db } = shop.database
  await shop.buy({ lookupKey: 'forever' })
  await tell(shop, await handledHistory(shop))
  const { license_id: licenseId } = await db.selectFrom('licenses').select('license_id').executeTakeFirstOrThrow()
  const included = (await licenses.findById(db, licenseId))?.maintenanceExpiresAt?.getTime() ?? 0
  const urls = { rootAppUrl: 'https://shop.example', successBaseUrl: undefined, frontendBasePath: '' }
  const ada = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }
  const maintenance = { db, stripe: shop.deps.stripe, requiredScopes: {}, automaticTax: false, priceLookupKey: 'maintenance' }
  await startMaintenanceCheckout({ ...maintenance, urls, log: silentLog }, ada, { licenseId, groupName: 'acme' })
  const [session] = (await shop.deps.stripe.checkout.sessions.list({ limit: 1 })).data
  await shop.emulator.control.completeCheckout(session?.id ?? '')
  await tell(shop, await handledHistory(shop))
  const [charge] = (await shop.deps.stripe.charges.list({ limit: 1 })).data
  await shop.emulator.control.refund(charge?.id ?? '')
  const [refunded = ''] = await shop.events('charge.refunded')
  const [first] = await payments.listByIssuanceKey(db, renewalsKey(licenseId))
  if (first === undefined) throw new Error('the renewal is not recorded')

  let recounted: ReturnType<Shop['process']> | undefined
  await inTransaction(db, async (tx) => {
    const before = await licenses.findByIdForUpdate(tx, licenseId)
    if (before === undefined) throw new Error('the license is gone')
    recounted = shop.process(refunded)
    // It has read the payments and signed, and wants to write.
    await someoneWaitsForALock()
    await payments.record(tx, { ...first, paymentKey: 'checkout:cs_second', stripePaymentIntentId: 'pi_second' }, new Date())
    const later = new Date(included + 2 * 366 * 86_400_000)
    await licenses.resign(tx, { ...before, text: `${before.text}\n`, maintenanceExpiresAt: later }, new Date())
  })
  expect(await recounted).toMatchObject({ kind: 'processed' })
  const end = (await licenses.findById(db, licenseId))?.maintenanceExpiresAt?.getTime() ?? 0
  expect(end).toBeGreaterThan(included)
  expect(end).toBeLessThan(included + 367 * 86_400_000)
})

test("an event whose own work reaches the database's deadline each time is put aside, and issued by the next try that does not", async () => {
  await shop.buy({ lookupKey: 'once' })
  const [completed = ''] = await shop.events('checkout.session.completed')
  const lockedBy = JSON.parse(completed).data.object.payment_intent
  const hurried = openDatabase({ ...shop.database.options, holdMs: 300 })
  try {
    const attempt = (deliveryCount: number) =>
      processEvent({ ...shop.deps, db: hurried.db }, { payload: completed, receivedAt: new Date(), deliveryCount })
    await inTransaction(shop.database.db, async (tx) => {
      await lockPurchase(tx, lockedBy)
      expect(await attempt(1)).toMatchObject({ kind: 'retry' })
      expect(await attempt(5)).toMatchObject({ kind: 'parked', reason: expect.stringContaining('deadline') })
    })
    expect(await attempt(6)).toMatchObject({ kind: 'processed' })
  } finally {
    await hurried.close()
  }
  expect(await resultOf(shop)).toMatchObject({ licenses: [{ product: 'once' }], unsettled: [] })
})
