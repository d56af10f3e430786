import { expect, test } from 'vitest'
import { toLicense } from './licenses.ts'

const at = new Date('2026-01-01T00:00:00Z')
const license = {
  license_id: 'L-1',
  issuance_key: 'checkout:cs_1',
  group_key: 'acme',
  group_name: 'Acme',
  email: 'ada@acme.example',
  product_id: null,
  product_slug: null,
  product_key: 'core',
  plan: 'pro',
  domain: null,
  kind: 'one_off' as const,
  seats: null,
  price_locked: 0,
  coupon_code: null,
  issued_at: at,
  expires_at: at,
  maintenance_expires_at: null,
  revoked_at: null,
  revoked_reason: null,
  superseded_by: null,
  disputed: 0,
  admin_revoked_at: null,
  admin_revoked_note: null,
  takes_license: 0,
  maintenance_included_until: null,
  key_id: 'key-1',
  license_text: 'signed',
  identity: null,
  stripe_customer_id: null,
  stripe_checkout_session_id: null,
  stripe_subscription_id: null,
  stripe_invoice_id: null,
  stripe_payment_intent_id: null,
  updated_at: at,
  found_free_at: null,
  sold_as: null,
}

test('of a license an unset column is unset, and never null or 0', () => {
  const { seats, productId, domain, maintenanceExpiresAt, state, stripe, soldAs } = toLicense(license)
  expect([seats, productId, domain, maintenanceExpiresAt, soldAs]).toEqual(Array(5).fill(undefined))
  expect(Object.values(stripe)).toEqual(Array(5).fill(undefined))
  expect(state.revokedAt).toBeUndefined()
})

test('0 and 1 are no and yes', () => {
  const read = (flag: 0 | 1) => toLicense({ ...license, price_locked: flag, disputed: flag, takes_license: flag })
  for (const flag of [0, 1] as const) {
    const { priceLocked, takesLicense, state } = read(flag)
    expect([priceLocked, takesLicense, state.disputed]).toEqual(Array(3).fill(flag === 1))
  }
})

test('on what a license was sold is read as it was written, and what is none of that is refused', () => {
  const soldAs = [{ itemId: 'si_1', priceId: 'price_1', quantity: 0 }]
  expect(toLicense({ ...license, sold_as: soldAs }).soldAs).toEqual(soldAs)
  expect(() => toLicense({ ...license, sold_as: [{ quantity: -1 }] })).toThrow()
})
