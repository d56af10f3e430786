import { licenses } from '@licenseoperator/db'
import { createKeyRing, verifyLicense } from '@licenseoperator/signing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../../testing/a-shop.ts'
import { processEvent } from '../events/process-event.ts'

let shop: Shop
const served = { licenses: 1, payments: 1, announcements: 1, heldReservations: 0 }

beforeAll(async () => {
  shop = await openShop()
  const metadata = { license_type: 'perpetual', maintenance: 'auto', maintenance_price_lookup_key: 'maintenance-year' }
  await shop.sell({ slug: 'forever', metadata, maxLicenseTotal: 1000, maxManagedProducts: 7 })
  await shop.sell({ slug: 'suite', metadata, plan: 'suite', bundledProducts: [{ productKey: 'core', quantity: 2 }] })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of ['outbox', 'payments', 'licenses', 'stripe_events', 'reservations', 'audit_log']) {
    await sql`DELETE FROM ${sql.table(table)}`.execute(shop.database.db)
  }
  await sql`UPDATE products SET licenses_taken = 0`.execute(shop.database.db)
  await shop.emulator.control.reset({ keepEndpoints: true })
  await shop.syncCatalog()
  const { id } = await shop.deps.stripe.products.create({ name: 'Maintenance' })
  const recurring = { interval: 'year' as const }
  await shop.deps.stripe.prices.create({
    product: id,
    currency: 'usd',
    unit_amount: 4900,
    lookup_key: 'maintenance-year',
    recurring,
  })
})

/** Buys. @returns the two events that both tell of the purchase */
async function bothEvents(lookupKey = 'forever'): Promise<{ session: string; invoice: string }> {
  await shop.buy({ lookupKey })
  const session = (await shop.events('checkout.session.completed')).at(-1) ?? ''
  const invoice = (await shop.events('invoice.payment_succeeded')).at(-1) ?? ''
  return { session, invoice }
}
async function theLicense(): Promise<licenses.StoredLicense> {
  const row = await shop.database.db.selectFrom('licenses').select('license_id').executeTakeFirstOrThrow()
  const license = await licenses.findById(shop.database.db, row.license_id)
  if (license === undefined) throw new Error('the license is gone')
  return license
}
/** Ends a period of maintenance and pays the next. @returns Stripe's event of it */
async function renew(): Promise<string> {
  const { data } = await shop.deps.stripe.subscriptions.list({ limit: 1 })
  await shop.emulator.control.renew(data[0]?.id ?? '')
  return (await shop.events('invoice.payment_succeeded')).at(-1) ?? ''
}
/** The end of the maintenance that the subscription has paid by now. */
async function paidUntil(): Promise<Date> {
  const { data } = await shop.deps.stripe.subscriptions.list({ limit: 1 })
  return new Date((data[0]?.items.data[0]?.current_period_end ?? 0) * 1000)
}
const announced = async () => {
  const rows = await shop.database.db.selectFrom('outbox').select('payload').orderBy('id').execute()
  return rows.map(({ payload }) => JSON.parse(payload.toString()))
}

describe('a perpetual license with automatic maintenance', () => {
  test.each([
    ['session first', ['session', 'session', 'invoice', 'invoice']],
    ['invoice first', ['invoice', 'invoice', 'session', 'session']],
  ] as const)('%s, each twice: one license for ever, maintained as long as was paid', async (_order, order) => {
    const events = await bothEvents()
    for (const name of order) await shop.process(events[name])
    expect(await shop.count()).toEqual(served)
    const license = await theLicense()
    expect(license).toMatchObject({
      kind: 'perpetual',
      expiresAt: new Date('9999-12-31T23:59:59Z'),
      maintenanceExpiresAt: await paidUntil(),
      seats: 7,
      stripe: {
        subscriptionId: expect.stringMatching(/^sub_/),
        checkoutSessionId: expect.stringMatching(/^cs_/),
        invoiceId: expect.stringMatching(/^in_/),
      },
    })
    expect(await announced()).toMatchObject([{ licenseId: license.licenseId, reason: 'purchase' }])
    const [payment] = await shop.database.db.selectFrom('payments').selectAll().execute()
    const sold = await shop.database.db
      .selectFrom('products')
      .select('stripe_product_id as id')
      .where('slug', '=', 'forever')
      .executeTakeFirstOrThrow()
    expect(payment).toMatchObject({ amount_total_minor: 26_800, stripe_product_id: sold.id })
  })

  test('both at the same instant, each three times, ten times over: one license each time', async () => {
    for (let round = 1; round <= 10; round += 1) {
      const { session, invoice } = await bothEvents()
      await Promise.all([session, invoice, session, invoice, session, invoice].map((event) => shop.process(event)))
      expect(await shop.count()).toEqual({ licenses: round, payments: round, announcements: round, heldReservations: 0 })
    }
  })

  test('a further period: the same license, signed anew until its end, announced as maintenance; no second license', async () => {
    const { session, invoice } = await bothEvents()
    for (const event of [session, invoice]) await shop.process(event)
    const before = await theLicense()
    expect(await shop.process(await renew())).toMatchObject({ kind: 'processed' })
    const after = await theLicense()
    expect(after).toMatchObject({
      licenseId: before.licenseId,
      issuedAt: before.issuedAt,
      expiresAt: before.expiresAt,
      seats: 7,
      stripe: before.stripe,
      maintenanceExpiresAt: await paidUntil(),
    })
    expect(after.maintenanceExpiresAt?.getUTCFullYear()).toBe((before.maintenanceExpiresAt?.getUTCFullYear() ?? 0) + 1)
    expect(after.text).not.toBe(before.text)
    const key = shop.deps.keys.signingKeyFor('core')
    if (key === undefined) throw new Error('no key')
    expect(verifyLicense(after.text, createKeyRing([{ key }]))).toMatchObject({
      status: 'valid',
      license: { licenseId: before.licenseId },
    })
    expect((await announced()).map(({ licenseId, reason }) => [licenseId, reason])).toEqual([
      [before.licenseId, 'purchase'],
      [before.licenseId, 'maintenance'],
    ])
    expect(await shop.count()).toEqual({ licenses: 1, payments: 2, announcements: 2, heldReservations: 0 })
  })

  test('told of three times at once, and by another event of the same invoice: one period', async () => {
    await shop.process((await bothEvents()).session)
    const event = await renew()
    const twin = JSON.stringify({ ...JSON.parse(event), id: 'evt_twin' })
    await Promise.all([event, event, event, twin].map((one) => shop.process(one)))
    expect((await theLicense()).maintenanceExpiresAt).toEqual(await paidUntil())
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2, announcements: 2 })
  })

  test.each(['one after the other', 'at once'])(
    'two periods told of in the wrong order, %s: the later end stands',
    async (how) => {
      await shop.process((await bothEvents()).session)
      const events = [await renew(), await renew()].toReversed()
      if (how === 'at once') await Promise.all(events.map((event) => shop.process(event)))
      else for (const event of events) expect(await shop.process(event)).toMatchObject({ kind: 'processed' })
      expect((await theLicense()).maintenanceExpiresAt).toEqual(await paidUntil())
      expect(await shop.count()).toMatchObject({ licenses: 1, payments: 3 })
    },
  )

  test('a further period told of before the purchase: one license, maintained until the later end once both are known', async () => {
    const { session, invoice } = await bothEvents()
    const later = await renew()
    const early = await shop.process(later)
    for (const event of [session, invoice]) await shop.process(event)
    if (early.kind === 'retry') expect(await shop.process(later, 2)).toMatchObject({ kind: 'processed' })
    expect((await theLicense()).maintenanceExpiresAt).toEqual(await paidUntil())
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2 })
  })

  test('a bundle: every license in it is maintained for as long as was paid, for one payment', async () => {
    await shop.process((await bothEvents('suite')).session)
    const event = await renew()
    await Promise.all([event, event].map((one) => shop.process(one)))
    const rows = await shop.database.db.selectFrom('licenses').select(['license_id', 'maintenance_expires_at']).execute()
    const until = await paidUntil()
    expect(rows.map((row) => row.maintenance_expires_at)).toEqual([until, until, until])
    const renewed = (await announced()).filter(({ reason }) => reason === 'maintenance')
    expect(renewed.map(({ licenseId }) => licenseId).toSorted()).toEqual(rows.map((row) => row.license_id).toSorted())
    expect(await shop.count()).toMatchObject({ licenses: 3, payments: 2, announcements: 6 })
  })

  test('a subscription whose metadata no longer says what was bought renews the license it brought, and brings no second one', async () => {
    await shop.process((await bothEvents()).session)
    const renewal = JSON.stringify(JSON.parse(await renew()), (key, value) => (key === 'license_mode' ? undefined : value))
    expect(await shop.process(renewal)).toMatchObject({ kind: 'processed' })
    expect((await theLicense()).maintenanceExpiresAt).toEqual(await paidUntil())
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2 })
  })

  test('a further period of a purchase that never came: waited for, and parked after an hour', async () => {
    await bothEvents()
    const payload = await renew()
    const after = (minutes: number) => {
      const receivedAt = new Date()
      const now = () => new Date(receivedAt.getTime() + minutes * 60_000)
      return processEvent({ ...shop.deps, now }, { payload, receivedAt, deliveryCount: 100 })
    }
    expect(await after(59)).toMatchObject({ kind: 'retry' })
    expect(await after(61)).toMatchObject({
      kind: 'parked',
      reason: 'cannot renew maintenance: no license of the subscription was issued',
    })
  })

  test('a delayed debit: nothing before the money', async () => {
    const sessionId = await shop.startCheckout({ lookupKey: 'forever' })
    await shop.emulator.control.completeCheckout(sessionId, { method: 'bank_debit' })
    for (const event of await shop.events('checkout.session.completed')) await shop.process(event)
    expect(await shop.count()).toEqual({ licenses: 0, payments: 0, announcements: 0, heldReservations: 1 })
    await shop.emulator.control.settleDebit(sessionId, 'succeeded')
    for (const event of await shop.events('checkout.session.async_payment_succeeded', 'invoice.payment_succeeded'))
      await shop.process(event)
    expect(await shop.count()).toEqual(served)
  })
})
