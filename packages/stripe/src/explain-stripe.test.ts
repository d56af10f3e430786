import { DomainError } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { explainStripe } from './explain-stripe.ts'

const { errors } = Stripe
const raw = { type: 'api_error', message: 'sk_test_secret and a payload' } as const
const away = new errors.StripeConnectionError({ ...raw, detail: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) })

test.each([
  [
    new errors.StripeAuthenticationError({ ...raw, statusCode: 401 }),
    'refuses the key: stripe.api_key is wrong, expired or was rolled',
  ],
  [
    new errors.StripePermissionError({ ...raw, statusCode: 403 }),
    'does not let this key do it: a permission of stripe.api_key is missing',
  ],
  [away, 'cannot be reached'],
  [new errors.StripeRateLimitError({ ...raw, statusCode: 429 }), 'has had too many requests; try again in a minute'],
  [new errors.StripeIdempotencyError({ ...raw, statusCode: 400 }), 'has seen the same request with other content'],
  [new errors.StripeAPIError({ ...raw, statusCode: 503 }), 'fails at the moment'],
  [new errors.StripeInvalidRequestError({ ...raw, statusCode: 400, param: 'url' }), 'refuses the request: url'],
  [new errors.StripeInvalidRequestError({ ...raw, statusCode: 400 }), 'refuses the request'],
])('%s', (error, says) => {
  const { sentence, address } = explainStripe(error, undefined) ?? {}
  expect(address).toBe('https://api.stripe.com')
  expect(sentence?.replace(/ \([^)]*\)$/, '')).toBe(`Stripe at https://api.stripe.com ${says}`)
  expect(sentence).not.toContain('secret')
})

test.each([
  ['that of the network', away, 'ECONNREFUSED'],
  [
    "Stripe's own",
    new errors.StripeInvalidRequestError({ ...raw, statusCode: 400, code: 'resource_missing' }),
    'resource_missing',
  ],
  ['the status', new errors.StripeAPIError({ ...raw, statusCode: 503 }), 'StripeAPIError, HTTP 503'],
])('the most exact word is %s', (_what, error, code) => expect(explainStripe(error, undefined)?.code).toBe(code))

test('the error behind one of ours is found, and another address is said without its path', () => {
  const ours = new DomainError('temporarily_unavailable', 'temporarily unavailable', { cause: away })
  expect(explainStripe(ours, 'http://127.0.0.1:12111/v1')?.address).toBe('http://127.0.0.1:12111')
})

test.each([new TypeError('x'), 'x', undefined])('%s is not of Stripe', (error) => {
  expect(explainStripe(error, undefined)).toBeUndefined()
})
