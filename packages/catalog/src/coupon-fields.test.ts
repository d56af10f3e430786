import { describe, expect, test } from 'vitest'
import type { Coupon, CouponFields } from './coupon.ts'
import { changedCoupon, fieldsOfCoupon, newCoupon } from './coupon-fields.ts'
import { CouponRequest } from './coupon-request.ts'

const product = { id: 7, currency: 'usd', unitAmountMinor: 10_000, pricingMode: 'fixed' as const }
const created = (request: object) => newCoupon(product, CouponRequest.parse({ code: 'SAVE', ...request }))
const stored = (request: object): Coupon => ({
  ...created(request),
  id: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  revision: 0,
})
const changed = (before: object, request: object): CouponFields =>
  changedCoupon(product, stored(before), CouponRequest.parse(request))
const promoted = { behavior: 'stripe_promotion', stripePromotion: { percentOff: 25, couponId: 'co_1', promotionId: 'promo_1' } }
const full = {
  maxPerGroup: 1,
  maxTotal: 10,
  minManagedProducts: 5,
  maxManagedProducts: 20,
  metadata: { tier: 'gold' },
  active: false,
}

describe('what a creation leaves out', () => {
  test('is a coupon in force, without limits, that is no promotion', () => {
    expect(created({})).toEqual({ productId: 7, code: 'SAVE', active: true, behavior: 'product_override', metadata: {} })
  })

  test('is not the code', () => {
    expect(() => newCoupon(product, {})).toThrow(expect.objectContaining({ code: 'invalid_payload', field: 'code' }))
  })

  test.each(['maxPerGroup', 'maxTotal'])('may be sent as 0: %s', (field) => expect(created({ [field]: 0 })).toEqual(created({})))
})

describe('what a change leaves out', () => {
  test.each(['code', 'active', 'behavior', 'minManagedProducts', 'maxManagedProducts'] as const)(
    'is kept, because dashboards always or never send it: %s',
    (field) => {
      expect(changed(full, {})[field]).toBe(stored(full)[field])
      expect(stored(full)[field]).not.toBeUndefined()
    },
  )

  test.each([
    ['maxPerGroup', undefined],
    ['maxTotal', undefined],
    ['metadata', {}],
  ] as const)('is cleared, because dashboards leave out emptied inputs: %s', (field, empty) => {
    expect(changed(full, {})[field]).toEqual(empty)
    expect(stored(full)[field]).not.toEqual(empty)
  })

  test("keeps a promotion with Stripe's ids", () => {
    expect(changed(promoted, {}).stripePromotion).toEqual(promoted.stripePromotion)
  })
})

describe('a changed promotion', () => {
  const ids = (request: object) => {
    const { couponId, promotionId } = changed(promoted, request).stripePromotion ?? {}
    return [couponId, promotionId]
  }

  test.each<[string, object]>([
    ['another discount', { stripePromotion: { percentOff: 30 } }],
    ['another duration', { stripePromotion: { percentOff: 25, duration: 'once' } }],
    ['another number of redemptions', { stripePromotion: { percentOff: 25, maxRedemptions: 5 } }],
    ['another code', { code: 'OTHER', stripePromotion: { percentOff: 25 } }],
    ['another discount that is sent with the old ids', { stripePromotion: { ...promoted.stripePromotion, percentOff: 30 } }],
  ])('needs new ones at Stripe for %s', (_what, request) => expect(ids(request)).toEqual([undefined, undefined]))

  test('keeps the ones at Stripe where its terms are the same', () => {
    expect(ids({ stripePromotion: { percentOff: 25 } })).toEqual(['co_1', 'promo_1'])
  })

  test('takes those that are named', () => {
    expect(ids({ stripePromotion: { percentOff: 30, couponId: 'co_2', promotionId: 'promo_2' } })).toEqual(['co_2', 'promo_2'])
    expect(ids({ stripePromotion: { percentOff: 25, promotionId: 'promo_2' } })).toEqual(['co_1', 'promo_2'])
  })

  test('keeps how often it can be redeemed where nothing is said of it', () => {
    const limited = { behavior: 'stripe_promotion', stripePromotion: { percentOff: 25, maxRedemptions: 5 } }
    expect(changed(limited, { stripePromotion: { percentOff: 30 } }).stripePromotion).toEqual({
      percentOff: 30,
      maxRedemptions: 5,
    })
  })

  test('is gone where the coupon is none any more', () => {
    expect(changed(promoted, { behavior: 'product_override' })).not.toHaveProperty('stripePromotion')
  })
})

test.each<[string, object, string]>([
  ['more seats at least than at most', { minManagedProducts: 5, maxManagedProducts: 4 }, 'maxManagedProducts'],
  ['a promotion that says nothing', { behavior: 'stripe_promotion' }, 'stripePromotion'],
  ['a promotion without a discount', { behavior: 'stripe_promotion', stripePromotion: {} }, 'stripePromotion.percentOff'],
  [
    'two discounts at once',
    { behavior: 'stripe_promotion', stripePromotion: { percentOff: 5, amountOff: 500, currency: 'usd' } },
    'stripePromotion.amountOff',
  ],
  ['an amount in no currency', { behavior: 'stripe_promotion', stripePromotion: { amountOff: 500 } }, 'stripePromotion.currency'],
  [
    'months that never repeat',
    { behavior: 'stripe_promotion', stripePromotion: { percentOff: 5, duration: 'once', durationInMonths: 3 } },
    'stripePromotion.durationInMonths',
  ],
  [
    'a repetition without an end',
    { behavior: 'stripe_promotion', stripePromotion: { percentOff: 5, duration: 'repeating' } },
    'stripePromotion.durationInMonths',
  ],
])('%s is refused, by creation and by change', (_what, request, field) => {
  expect(() => created(request)).toThrow(expect.objectContaining({ code: 'invalid_payload', field }))
  expect(() => changed({}, request)).toThrow(expect.objectContaining({ code: 'invalid_payload', field }))
})

test('what a write names of a coupon is what was asked for', () => {
  expect(fieldsOfCoupon(stored({ ...full, ...promoted }))).toEqual(created({ ...full, ...promoted }))
})
