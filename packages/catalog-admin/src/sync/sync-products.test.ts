import { aStoredCoupon } from '@licenseoperator/db/testing'
import { DomainError } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { isPromoted, refusalOf } from './sync-products.ts'

const answered = (statusCode: number, more: { code?: string; param?: string } = {}) =>
  new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', message: 'of a customer', statusCode, ...more })

describe('one thing that Stripe does not take is said, and the rest goes on', () => {
  test.each([
    ['code and parameter', answered(400, { code: 'price_bad', param: 'currency' }), 'Stripe refused it: price_bad (currency)'],
    ['code', answered(404, { code: 'resource_missing' }), 'Stripe refused it: resource_missing'],
    ['nothing', answered(402), 'Stripe refused it: invalid_request_error'],
  ])('a refusal that tells %s', (_what, error, reason) => expect(refusalOf(error)).toBe(reason))

  test('a refusal of ours says its own reason', () => {
    expect(refusalOf(new DomainError('invalid_payload', 'the code is taken'))).toBe('the code is taken')
  })

  test("Stripe's own sentence, which may hold what customers typed, stays out", () => {
    expect(refusalOf(answered(400))).not.toContain('customer')
  })

  test.each([
    answered(401),
    answered(429),
    answered(500),
    new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'reset' }),
    new DomainError('temporarily_unavailable', 'x'),
    new TypeError('x'),
  ])('%s ends the whole run', (error) => expect(refusalOf(error)).toBeUndefined())
})

test.each([
  [true, 'stripe_promotion', true],
  [false, 'stripe_promotion', false],
  [true, 'product_override', false],
] as const)('a coupon that is active (%s) and a %s has a code at Stripe: %s', (active, behavior, promoted) => {
  expect(isPromoted(aStoredCoupon({ active, behavior }))).toBe(promoted)
})
