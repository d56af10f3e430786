import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, aSysadmin, insertLicense } from '../an-api.ts'

const BASE = '/authlance/license'
let shop: AStripe
let api: AnApi

beforeAll(async () => {
  shop = await aStripe()
  const operatorLicense = { state: () => 'invalid' as const, seatLimit: () => undefined }
  api = await anApi({ stripe: shop.account, operatorLicense, config: { maintenancePriceLookupKey: 'maintenance' } })
  await insertProduct(api.db, { slug: 'core', lookupKey: 'core' })
  const { id } = await shop.stripe.products.create({ name: 'Maintenance' })
  await shop.stripe.prices.create({ product: id, currency: 'usd', unit_amount: 4900, lookup_key: 'maintenance' })
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

test('P24 the operator license is invalid: the administration is closed, and customers buy, renew and download all the same', async () => {
  const member = await aMember('acme')
  // Expired: whoever holds it is the one who has to get at it, and at its renewal.
  const issuedAt = new Date('2020-01-01T00:00:00Z')
  const { licenseId } = await insertLicense(api.db, {
    kind: 'perpetual',
    issuedAt,
    expiresAt: new Date('2021-01-01T00:00:00Z'),
    maintenanceExpiresAt: new Date('2021-01-01T00:00:00Z'),
  })
  expect((await api.get(`${BASE}/admin/products`, await aSysadmin())).status).toBe(403)
  const open = {
    shop: await api.get(`${BASE}/products`),
    purchase: await api.checkout({ lookupKey: 'core', organizationName: 'acme' }, member),
    renewal: await api.send('POST', `${BASE}/payments/api/v1/maintenance-checkout`, { licenseId, groupName: 'acme' }, member),
    download: await api.get(`${BASE}/${licenseId}`, member),
    revocations: await api.get(`${BASE}/revocations`),
  }
  const statuses = Object.entries(open).map(([what, { status }]) => [what, status])
  expect(Object.fromEntries(statuses)).toEqual({ shop: 200, purchase: 200, renewal: 200, download: 200, revocations: 200 })
  expect(open.download.headers.get('x-license-status')).toBe('EXPIRED')
})
