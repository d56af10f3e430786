import { silentLog } from '@licenseoperator/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Counter, openCounter } from '../../testing/a-counter.ts'
import { settings } from '../../testing/settings.ts'
import { createCheckoutSession } from './create-checkout-session.ts'

let shop: Counter
beforeAll(async () => {
  shop = await openCounter()
  await shop.sell({ slug: 'once' })
})
afterAll(() => shop.close())

test('a checkout refuses what could not be read when it is paid, and holds nothing for it', async () => {
  const unnamed = { ...settings, requireGroupName: false }
  const deps = { db: shop.database.db, stripe: shop.deps.stripe, settings: unnamed, log: silentLog, now: () => new Date() }
  const caller = { identity: 'ada', email: 'ada@acme.example', roles: ['sysadmin'], groups: [], scopes: undefined }
  const table = [
    [{ ...caller }, 'İ'.repeat(128), 'organizationName'],
    [{ ...caller }, '\uFB2C'.repeat(100), 'organizationName'],
    [{ ...caller }, 'ac\u001bme', 'organizationName'],
    [{ ...caller, identity: 'a\u0000da' }, 'acme', 'identity'],
    [{ ...caller, email: `ada\ud83d@acme.example` }, 'acme', 'email'],
    [{ ...caller, email: `${'a'.repeat(300)}@acme.example` }, undefined, 'email'],
  ] as const
  for (const [who, organizationName, field] of table)
    await expect(createCheckoutSession(deps, who, { lookupKey: 'once', organizationName })).rejects.toMatchObject({
      code: 'invalid_payload',
      field,
    })
  expect(await shop.database.db.selectFrom('reservations').select('reservation_id').execute()).toEqual([])
})
