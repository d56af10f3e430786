import type { StripePromotion } from '@licenseoperator/catalog'
import { aProduct, aStoredCoupon, aStoredProduct } from '@licenseoperator/db/testing'
import { describe, expect, test } from 'vitest'
import { keptIds, mergedPromotion, same } from './sync-config-products.ts'

describe('what Stripe calls a product', () => {
  const stored = aStoredProduct({ stripeProductId: 'prod_1', stripePriceId: 'price_1' })
  const {
    id: _id,
    createdAt: _made,
    updatedAt: _changed,
    revision: _revision,
    stripeProductId: _p,
    stripePriceId: _c,
    ...inFile
  } = stored

  test('is kept where the file does not say', () => {
    expect(keptIds(inFile, stored)).toEqual({ stripeProductId: 'prod_1', stripePriceId: 'price_1' })
  })

  test('is what the file says', () => {
    expect(keptIds({ ...inFile, stripeProductId: 'prod_named' }, stored).stripeProductId).toBe('prod_named')
  })

  test.each([
    ['amount', { unitAmountMinor: 1 }],
    ['currency', { currency: 'eur' }],
    ['interval', { type: 'subscription' as const, billingInterval: 'year' as const }],
  ])('its price is not kept for another %s: it would charge the old one', (_what, other) => {
    expect(keptIds({ ...inFile, ...other }, stored)).toEqual({ stripeProductId: 'prod_1' })
  })

  test('a price that the file names is not sold at before Stripe was asked what it charges', () => {
    expect(keptIds({ ...inFile, stripePriceId: 'price_named' }, undefined)).toEqual({})
    expect(keptIds({ ...inFile, stripePriceId: 'price_named' }, stored).stripePriceId).toBe('price_1')
  })

  test('of a new product is nothing', () => expect(keptIds(aProduct(), undefined)).toEqual({}))
})

describe('what Stripe calls a discount', () => {
  const atStripe = { couponId: 'co_1', promotionId: 'promo_1' }
  const stored = aStoredCoupon({ stripePromotion: { percentOff: 25, duration: 'once', ...atStripe } })
  const merged = (stripePromotion: StripePromotion | undefined, existing = stored) => {
    const { stripePromotion: _before, ...plain } = stored
    return mergedPromotion(stripePromotion === undefined ? plain : { ...plain, stripePromotion }, existing)
  }

  test('is kept while the discount is the same, in whatever order it is written', () => {
    expect(merged({ duration: 'once', percentOff: 25 })).toEqual({ percentOff: 25, duration: 'once', ...atStripe })
  })

  test('is not kept for another discount: the old code would give the old one', () => {
    expect(merged({ percentOff: 30, duration: 'once' })).toEqual({ percentOff: 30, duration: 'once' })
  })

  test.each([{ couponId: 'co_named' }, { promotionId: 'promo_named' }])('is what the file names: %j', (named) => {
    expect(merged({ percentOff: 25, duration: 'once', ...named })).toEqual({ percentOff: 25, duration: 'once', ...named })
  })

  test('goes with the discount', () => expect(merged(undefined)).toBeUndefined())

  test('is what the file says of a new coupon', () => {
    const { stripePromotion: _none, ...unpromoted } = stored
    expect(merged({ percentOff: 25 }, unpromoted)).toEqual({ percentOff: 25 })
    expect(mergedPromotion({ ...unpromoted, stripePromotion: { percentOff: 25 } }, undefined)).toEqual({ percentOff: 25 })
  })
})

test.each([
  [{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }, true],
  [{ a: [1, 2] }, { a: [2, 1] }, false],
  [{ a: 1 }, { a: '1' }, false],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: null }, false],
])('%j and %j say the same: %s', (left, right, expected) => expect(same(left, right)).toBe(expected))
