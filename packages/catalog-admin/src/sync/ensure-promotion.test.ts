import type { StripePromotion } from '@licenseoperator/catalog'
import { aStoredCoupon } from '@licenseoperator/db/testing'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { codeKey, discountParams, keyOf, sameDiscount, sameOffer } from './ensure-promotion.ts'

/** As Stripe sends it, which is JSON: of its many fields those that are read. */
const coupon = (other: object = {}): Stripe.Coupon =>
  JSON.parse(
    JSON.stringify({
      id: 'co_1',
      valid: true,
      percent_off: 25,
      amount_off: null,
      currency: null,
      duration: 'once',
      duration_in_months: null,
      ...other,
    }),
  )
const code = (other: object = {}): Stripe.PromotionCode =>
  JSON.parse(JSON.stringify({ id: 'promo_1', code: 'LESS25', max_redemptions: null, promotion: { coupon: coupon() }, ...other }))

describe('a discount at Stripe is the same', () => {
  test.each<[string, object, StripePromotion]>([
    ['25 % once', {}, { percentOff: 25, duration: 'once' }],
    ['25 %, where nobody said how often: once', {}, { percentOff: 25 }],
    ['500 of a currency', { percent_off: null, amount_off: 500, currency: 'usd' }, { amountOff: 500, currency: 'usd' }],
    [
      '25 % for three months',
      { duration: 'repeating', duration_in_months: 3 },
      { percentOff: 25, duration: 'repeating', durationInMonths: 3 },
    ],
    ['25 %, whatever currency is beside', {}, { percentOff: 25, currency: 'usd' }],
  ])('%s', (_what, theirs, ours) => expect(sameDiscount(coupon(theirs), ours)).toBe(true))

  test.each<[string, object, StripePromotion]>([
    ['of more percent', {}, { percentOff: 26 }],
    ['of an amount', {}, { amountOff: 25, currency: 'usd' }],
    ['of another amount', { percent_off: null, amount_off: 500, currency: 'usd' }, { amountOff: 600, currency: 'usd' }],
    ['of another currency', { percent_off: null, amount_off: 500, currency: 'usd' }, { amountOff: 500, currency: 'eur' }],
    ['for ever', {}, { percentOff: 25, duration: 'forever' }],
    [
      'for longer',
      { duration: 'repeating', duration_in_months: 3 },
      { percentOff: 25, duration: 'repeating', durationInMonths: 4 },
    ],
  ])('but not one %s', (_what, theirs, ours) => expect(sameDiscount(coupon(theirs), ours)).toBe(false))
})

describe('a code at Stripe stands for a coupon', () => {
  test('with the same discount, as often', () => {
    expect(sameOffer(code(), { percentOff: 25 })).toBe(true)
    expect(sameOffer(code({ max_redemptions: 5 }), { percentOff: 25, maxRedemptions: 5 })).toBe(true)
  })

  test.each<[string, object, StripePromotion]>([
    ['for fewer', { max_redemptions: 5 }, { percentOff: 25 }],
    ['for all', {}, { percentOff: 25, maxRedemptions: 5 }],
    ['for another number', { max_redemptions: 6 }, { percentOff: 25, maxRedemptions: 5 }],
    ['of another discount', {}, { percentOff: 30 }],
    ['whose discount was not sent', { promotion: { coupon: 'co_1' } }, { percentOff: 25 }],
    ['without a discount', { promotion: { coupon: null } }, { percentOff: 25 }],
  ])('but not one %s', (_what, theirs, ours) => expect(sameOffer(code(theirs), ours)).toBe(false))

  test('of a coupon at Stripe that is named that one counts, whatever its discount', () => {
    expect(sameOffer(code(), { percentOff: 99, couponId: 'co_1' })).toBe(true)
    expect(sameOffer(code(), { percentOff: 25, couponId: 'co_2' })).toBe(false)
  })
})

describe('a new discount', () => {
  test.each<[string, StripePromotion]>([
    ['percent', { percentOff: 25 }],
    ['an amount', { amountOff: 500, currency: 'usd' }],
    ['months', { percentOff: 25, duration: 'repeating', durationInMonths: 3 }],
    ['ever', { percentOff: 25, duration: 'forever' }],
  ])('of %s is the same as ours', (_what, promotion) => {
    const {
      percent_off = null,
      amount_off = null,
      currency = null,
      duration_in_months = null,
      duration,
    } = discountParams('core', aStoredCoupon(), promotion)
    expect(sameDiscount(coupon({ percent_off, amount_off, currency, duration_in_months, duration }), promotion)).toBe(true)
  })

  test('is known again by product and code', () => {
    expect(discountParams('core', aStoredCoupon({ code: 'Less25' }), { percentOff: 25 }).metadata).toEqual({
      licenseoperator_slug: 'core',
      licenseoperator_code: 'less25',
    })
  })

  test('has a name that Stripe takes, however long its code is', () => {
    expect(discountParams('core', aStoredCoupon({ code: 'x'.repeat(64) }), { percentOff: 25 }).name).toHaveLength(40)
  })
})

test('a code is known again in whatever case, within what metadata holds', () => {
  expect(codeKey(aStoredCoupon({ code: 'LESS25' }))).toBe(codeKey(aStoredCoupon({ code: 'less25' })))
  expect(codeKey(aStoredCoupon({ code: 'x'.repeat(600) }))).toHaveLength(500)
})

describe('the idempotency key of a discount', () => {
  const key = (promotion: StripePromotion, other = {}) => keyOf(aStoredCoupon({ stripePromotion: promotion, ...other }))
  test('is the same for the same discount, whatever Stripe calls it by now', () => {
    expect(key({ percentOff: 25, couponId: 'co_1', promotionId: 'promo_1' })).toBe(key({ percentOff: 25 }))
  })
  test.each([
    ['discount', key({ percentOff: 26 })],
    ['code', key({ percentOff: 25 }, { code: 'OTHER' })],
    ['coupon', key({ percentOff: 25 }, { id: 2 })],
    ['time it was changed', key({ percentOff: 25 }, { updatedAt: new Date(1) })],
  ])('is another for another %s', (_what, other) => expect(other).not.toBe(key({ percentOff: 25 })))
  test('is one that a header carries, whatever the code is', () => {
    expect(key({ percentOff: 25 }, { code: 'ü🚀' })).toMatch(/^[\x21-\x7e]{1,255}$/)
  })
})
