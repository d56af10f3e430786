import type { Product } from '@licenseoperator/catalog'
import { aStoredProduct } from '@licenseoperator/db/testing'
import { PERPETUAL_EXPIRY } from '@licenseoperator/domain'
import { describe, expect, test } from 'vitest'
import { draftOf, partsBought } from './license-draft.ts'
import type { PaidPurchase } from './paid-purchase.ts'

const product = aStoredProduct({ slug: 'core', productKey: 'core', plan: 'pro', termDurationDays: 30, maxManagedProducts: 10 })
const at = new Date('2026-01-31T00:00:00Z')
const period = { start: at, end: new Date('2026-03-01T00:00:00Z') }
const bought: PaidPurchase['metadata'] = { group: 'acme', product_slug: 'core', email: 'ada@acme.example' }

function purchase(metadata: Partial<PaidPurchase['metadata']> = {}, other: Partial<PaidPurchase> = {}): PaidPurchase {
  return {
    issuanceKey: 'checkout:cs_1',
    metadata: { ...bought, ...metadata },
    reason: 'purchase',
    purchasedAt: at,
    period,
    email: 'typed@acme.example',
    priceId: 'price_1',
    links: { checkoutSessionId: 'cs_1' },
    payment: {
      paymentKey: 'checkout:cs_1',
      paidAt: at,
      customerName: undefined,
      customerEmail: undefined,
      currency: 'usd',
      amountSubtotalMinor: 0,
      amountTaxMinor: 0,
      amountTotalMinor: 0,
      stripeProductId: undefined,
      billingAddress: undefined,
    },
    ...other,
  }
}
const draft = (metadata: Partial<PaidPurchase['metadata']> = {}, of: Partial<Product> = {}, other: Partial<PaidPurchase> = {}) =>
  draftOf(purchase(metadata, other), { ...product, ...of })

describe('a license is issued as it was bought', () => {
  test('whatever the product has become since', () => {
    const metadata = {
      product_key: 'sold-key',
      plan: 'sold-plan',
      license_mode: 'one_off' as const,
      term_days: 10,
      managed_products: 3,
    }
    const now = {
      productKey: 'now-key',
      plan: 'now-plan',
      type: 'subscription' as const,
      termDurationDays: 99,
      maxManagedProducts: 99,
    }
    expect(draft(metadata, now)).toMatchObject({
      productKey: 'sold-key',
      plan: 'sold-plan',
      kind: 'one_off',
      seats: 3,
      expiresAt: new Date('2026-02-10T00:00:00Z'),
    })
  })

  test('and as the product is where the purchase does not say', () => {
    expect(draft()).toMatchObject({
      groupName: 'acme',
      email: 'ada@acme.example',
      productId: 1,
      productSlug: 'core',
      productKey: 'core',
      plan: 'pro',
      kind: 'one_off',
      seats: 10,
      issuedAt: at,
      expiresAt: new Date('2026-03-02T00:00:00Z'),
      maintenanceExpiresAt: undefined,
      stripe: { checkoutSessionId: 'cs_1' },
    })
  })

  test('with no seat limit where our checkout sold none, also when the product got one since', () => {
    expect(draft({ license_mode: 'one_off' }).seats).toBeUndefined()
  })

  test('to the address that it was ordered with, else the one that was typed at Stripe', () => {
    expect(draft().email).toBe('ada@acme.example')
    expect(draft({ email: undefined }).email).toBe('typed@acme.example')
  })

  test('on the items of the subscription that sold it', () => {
    const soldAs = [{ itemId: 'si_1', priceId: 'price_1', quantity: 2 }]
    expect(draft({}, {}, { soldAs }).soldAs).toEqual(soldAs)
  })
})

describe('it lasts', () => {
  test.each([
    ['one_off', 'one_off', new Date('2026-03-02T00:00:00Z'), undefined],
    ['subscription', 'subscription', period.end, undefined],
    ['perpetual_manual', 'perpetual', PERPETUAL_EXPIRY, period.end],
    ['perpetual_auto', 'perpetual', PERPETUAL_EXPIRY, period.end],
  ] as const)('%s', (license_mode, kind, expiresAt, maintenanceExpiresAt) => {
    expect(draft({ license_mode })).toMatchObject({ kind, expiresAt, maintenanceExpiresAt })
  })

  test('perpetual and paid once: maintained for a year', () => {
    expect(draft({ license_mode: 'perpetual_manual' }, {}, { period: undefined }).maintenanceExpiresAt).toEqual(
      new Date('2027-01-31T00:00:00Z'),
    )
  })

  test('no days where its term was sold as none, and not the product’s of now', () => {
    expect(draft({ term_days: 0 }).expiresAt).toEqual(at)
  })
})

describe('nobody can tell', () => {
  test.each<[string, () => unknown]>([
    ['whose it is', () => draft({ group: undefined })],
    ['where to send it', () => draft({ email: undefined }, {}, { email: undefined })],
    ['until when it lasts', () => draft({}, { termDurationDays: undefined })],
  ])('%s: it is parked', (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_payload', message: expect.stringMatching(/^cannot issue: /) }))
  })
})

describe('a bundle brings', () => {
  const now = { bundledProducts: [{ productKey: 'new', quantity: 9 }] }
  test('what it consisted of when it was bought, with product and plan of each part', () => {
    expect(
      partsBought(
        {
          bundle_parts: [
            ['core', 1, null, 'core-one', 'pro'],
            ['agent', 2, 5],
          ],
        },
        now,
      ),
    ).toEqual([
      { productKey: 'core', quantity: 1, slug: 'core-one', plan: 'pro' },
      { productKey: 'agent', quantity: 2, managedProducts: 5 },
    ])
  })

  test('what it consists of now where the purchase does not say', () => {
    expect(partsBought({ bundle_parts: undefined }, now)).toEqual(now.bundledProducts)
  })

  test('nothing where it was bought as none', () => expect(partsBought({ bundle_parts: [] }, now)).toEqual([]))
})
