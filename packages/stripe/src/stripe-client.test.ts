import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { translateStripeError } from './stripe-client.ts'

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
