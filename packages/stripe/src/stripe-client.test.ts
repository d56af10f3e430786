import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { createStripe, isLive, isRefusal, isUnknownObject, madeNothing, translateStripeError } from './stripe-client.ts'

/** As the SDK makes it of Stripe's answer. */
function refusal(message: string, more: { code?: string; param?: string } = {}) {
  const raw = { message, type: 'invalid_request_error' as const, statusCode: 400, ...more }
  return new Stripe.errors.StripeInvalidRequestError({ ...raw, headers: {}, requestId: 'req_1' })
}
const textOf = (error: unknown) => {
  const translated = translateStripeError(error)
  return translated instanceof Error ? translated.message : String(translated)
}

test('a refusal names code, parameter and reason', () => {
  const error = refusal("No such price: 'price_1'", { code: 'resource_missing', param: 'line_items[0][price]' })
  expect(translateStripeError(error)).toMatchObject({ code: 'invalid_payload' })
  expect(textOf(error)).toBe(
    "invalid request: the payment provider refused it (resource_missing, line_items[0][price]: No such price: 'price_1')",
  )
})

test('a refusal shows no key, no control character and no novel', () => {
  expect(textOf(refusal('Key sk_test_abc123 may\u001b[2J not\n'))).toMatch(
    /\(invalid_request_error: Key \[secret\] may \[2J not\)$/,
  )
  expect(textOf(refusal('x'.repeat(1000))).length).toBeLessThan(400)
})

/** As the SDK makes it of an answer with this status. */
const answered = (statusCode: number) => new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'no', statusCode })
const lost = new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'reset' })

test.each([
  [400, { refusal: true, nothing: true, unknown: false }],
  [401, { refusal: false, nothing: true, unknown: false }],
  [402, { refusal: true, nothing: true, unknown: false }],
  [403, { refusal: false, nothing: true, unknown: false }],
  [404, { refusal: true, nothing: true, unknown: true }],
  [409, { refusal: false, nothing: false, unknown: false }],
  [429, { refusal: false, nothing: true, unknown: false }],
  [500, { refusal: false, nothing: false, unknown: false }],
  [503, { refusal: false, nothing: false, unknown: false }],
])('answer %i: %j', (status, expected) => {
  const error = answered(status)
  expect({ refusal: isRefusal(error), nothing: madeNothing(error), unknown: isUnknownObject(error) }).toEqual(expected)
})

test.each([lost, new TypeError('x'), { statusCode: 404 }])(
  '%s is no answer of Stripe: it refuses nothing and proves nothing',
  (error) => {
    expect([isRefusal(error), madeNothing(error), isUnknownObject(error)]).toEqual([false, false, false])
  },
)

test.each([answered(401), answered(403), answered(409), answered(429), answered(500), lost])(
  '%s: whoever asks may come again, because nobody knows what became of it',
  (error) =>
    expect(translateStripeError(error)).toMatchObject({ code: 'temporarily_unavailable', retryAfterSeconds: 5, cause: error }),
)

test('an error that is not of Stripe stays what it is', () => {
  const error = new TypeError('x')
  expect(translateStripeError(error)).toBe(error)
})

test.each([
  ['sk_live_abc', true],
  ['rk_live_abc', true],
  ['sk_test_abc', false],
  [' sk_test_abc\n', false],
  ['sk_abc', undefined],
  ['xlivex', undefined],
])('the key %j is for live payments: %s', (apiKey, live) => expect(isLive(createStripe({ apiKey }))).toBe(live))
