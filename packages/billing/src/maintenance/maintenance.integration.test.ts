import { startMaintenanceCheckout } from '@licenseoperator/checkout'
import { licenses } from '@licenseoperator/db'
import { type Caller, silentLog } from '@licenseoperator/domain'
import { revokeLicense } from '@licenseoperator/licensing'
import { createKeyRing, verifyLicense } from '@licenseoperator/signing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../../testing/a-shop.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }
let shop: Shop

beforeAll(async () => {
  shop = await openShop()
  await shop.sell({ slug: 'forever', metadata: { license_type: 'perpetual' } })
})
afterAll(() => shop.close())
beforeEach(async () => {
  for (const table of ['outbox', 'payments', 'licenses', 'stripe_events', 'reservations', 'audit_log']) {
    await sql`DELETE FROM ${sql.table(table)}`.execute(shop.database.db)
  }
  await shop.emulator.control.reset({ keepEndpoints: true })
  await shop.syncCatalog()
  const { id } = await shop.deps.stripe.products.create({ name: 'Maintenance' })
  await shop.deps.stripe.prices.create({ product: id, currency: 'usd', unit_amount: 4900, lookup_key: 'maintenance' })
})

/** A perpetual license, bought and issued. */
async function aPerpetualLicense() {
  await shop.buy({ lookupKey: 'forever' })
  for (const event of await shop.events('checkout.session.completed')) await shop.process(event)
  return theLicense()
}

async function theLicense(): Promise<licenses.StoredLicense> {
  const rows = await shop.database.db.selectFrom('licenses').select('license_id').execute()
  expect(rows).toHaveLength(1)
  const license = await licenses.findById(shop.database.db, rows[0]?.license_id ?? '')
  if (license === undefined) throw new Error('the license is gone')
  return license
}

/** Pays for a year of maintenance. @returns Stripe's event of it */
async function payMaintenance(licenseId: string): Promise<string> {
  const known = await shop.events('checkout.session.completed')
  await startMaintenanceCheckout(
    {
      db: shop.database.db,
      stripe: shop.deps.stripe,
      requiredScopes: {},
      urls: { rootAppUrl: 'https://shop.example', successBaseUrl: undefined, frontendBasePath: '' },
      automaticTax: false,
      priceLookupKey: 'maintenance',
      log: silentLog,
    },
    ada,
    { licenseId, groupName: 'acme' },
  )
  const { data } = await shop.deps.stripe.checkout.sessions.list({ limit: 1 })
  await shop.emulator.control.completeCheckout(data[0]?.id ?? '')
  const events = await shop.events('checkout.session.completed')
  return events.find((event) => !known.includes(event)) ?? ''
}

const yearsAfter = (license: licenses.StoredLicense, years: number) => {
  const end = new Date(license.issuedAt)
  end.setUTCFullYear(end.getUTCFullYear() + years)
  return end
}
const announced = async () => {
  const rows = await shop.database.db.selectFrom('outbox').select('payload').orderBy('id').execute()
  return rows.map(({ payload }) => JSON.parse(payload.toString()))
}

describe('a paid year of maintenance', () => {
  test('the same license, signed anew with a later end, announced once more with its reason; no second license', async () => {
    const before = await aPerpetualLicense()
    expect(await shop.process(await payMaintenance(before.licenseId))).toMatchObject({ kind: 'processed' })
    const after = await theLicense()
    expect(after).toMatchObject({
      licenseId: before.licenseId,
      issuedAt: before.issuedAt,
      expiresAt: before.expiresAt,
      maintenanceExpiresAt: yearsAfter(before, 2),
    })
    expect(after.text).not.toBe(before.text)
    const key = shop.deps.keys.signingKeyFor('core')
    if (key === undefined) throw new Error('no key')
    const verdict = verifyLicense(after.text, createKeyRing([{ key }]))
    expect(verdict).toMatchObject({ status: 'valid', license: { licenseId: before.licenseId } })
    const events = await announced()
    expect(events.map(({ licenseId, reason }) => [licenseId, reason])).toEqual([
      [before.licenseId, 'purchase'],
      [before.licenseId, 'maintenance'],
    ])
    expect(events[1]).toMatchObject({ licenseText: after.text, maintenanceExpiresAt: expect.stringContaining('T') })
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2, announcements: 2 })
  })

  test('told of three times at once, and by another event of the same session: one year', async () => {
    const before = await aPerpetualLicense()
    const event = await payMaintenance(before.licenseId)
    const twin = JSON.stringify({ ...JSON.parse(event), id: 'evt_twin' })
    await Promise.all([event, event, event, twin].map((one) => shop.process(one)))
    await shop.process(event)
    expect((await theLicense()).maintenanceExpiresAt).toEqual(yearsAfter(before, 2))
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2, announcements: 2 })
  })

  test('two different payments at the same instant: two years', async () => {
    const before = await aPerpetualLicense()
    const events = [await payMaintenance(before.licenseId), await payMaintenance(before.licenseId)]
    await Promise.all(events.toReversed().map((one) => shop.process(one)))
    expect((await theLicense()).maintenanceExpiresAt).toEqual(yearsAfter(before, 3))
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 3, announcements: 3 })
  })

  test('maintenance that had lapsed when it was paid runs from the payment, however often and late that is told', async () => {
    const before = await aPerpetualLicense()
    const event = JSON.parse(await payMaintenance(before.licenseId))
    event.created += 2 * 366 * 86_400
    const payload = JSON.stringify(event)
    await Promise.all([payload, payload, payload].map((one) => shop.process(one)))
    await shop.process(JSON.stringify({ ...event, id: 'evt_twin' }))
    const end = new Date(event.created * 1000)
    end.setUTCFullYear(end.getUTCFullYear() + 1)
    expect((await theLicense()).maintenanceExpiresAt).toEqual(end)
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2, announcements: 2 })
  })

  test('not paid yet: nothing', async () => {
    const before = await aPerpetualLicense()
    const event = JSON.parse(await payMaintenance(before.licenseId))
    event.data.object.payment_status = 'unpaid'
    expect(await shop.process(JSON.stringify(event))).toMatchObject({ reason: 'not paid yet' })
    expect((await theLicense()).text).toBe(before.text)
  })

  test('for a license that was revoked meanwhile: recorded and renewed, and it stays revoked', async () => {
    const before = await aPerpetualLicense()
    const event = await payMaintenance(before.licenseId)
    const sysadmin = { identity: 'ops', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }
    await revokeLicense({ ...shop.deps, requiredScopes: {} }, sysadmin, before.licenseId, 'key published')
    expect(await shop.process(event)).toMatchObject({ kind: 'processed' })
    expect(await theLicense()).toMatchObject({ state: { revokedReason: 'admin' } })
    expect(await shop.count()).toMatchObject({ licenses: 1, payments: 2, announcements: 2 })
  })

  test('for a license that nobody knows: parked with its reason', async () => {
    const before = await aPerpetualLicense()
    const event = await payMaintenance(before.licenseId)
    await shop.database.db.deleteFrom('licenses').execute()
    expect(await shop.process(event)).toMatchObject({
      kind: 'parked',
      reason: 'cannot renew maintenance: no license has that id',
    })
  })
})
