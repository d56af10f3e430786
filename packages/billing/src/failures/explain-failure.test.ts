import { DomainError } from '@licenseoperator/domain'
import { EventsUnavailable } from '@licenseoperator/events'
import { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { explainFailure, type Reach, whyFailed, whyNotStarted } from './explain-failure.ts'

const reach: Reach = {
  mysql: { host: 'db.example', port: 3306, user: 'shop' },
  natsUrl: 'nats://operator:hunter2hunter2@127.0.0.1:4222',
  stripeApiBase: 'http://127.0.0.1:12111/v1',
}
const ofMysql = Object.assign(new Error('INSERT INTO secret'), { code: 'ER_ACCESS_DENIED_ERROR' })
const ofNats = new EventsUnavailable('no answer', { cause: Object.assign(new Error('x'), { code: 'TIMEOUT' }) })
const ofStripe = new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'secret', statusCode: 500 })
const behind = (cause: unknown) => new DomainError('temporarily_unavailable', 'temporarily unavailable', { cause })

describe('which service failed, where, and why; no secret, no SQL', () => {
  test.each([
    ['MySQL', ofMysql, 'MySQL at db.example:3306 refuses user shop: the user or the password is wrong (ER_ACCESS_DENIED_ERROR)'],
    [
      'MySQL',
      behind(ofMysql),
      'MySQL at db.example:3306 refuses user shop: the user or the password is wrong (ER_ACCESS_DENIED_ERROR)',
    ],
    ['NATS', ofNats, 'NATS at 127.0.0.1:4222 cannot be used: no answer (TIMEOUT)'],
    ['NATS', new EventsUnavailable('NATS at 127.0.0.1:4222 is full'), 'NATS at 127.0.0.1:4222 is full (nats_unavailable)'],
    ['Stripe', ofStripe, 'Stripe at http://127.0.0.1:12111 fails at the moment (StripeAPIError, HTTP 500)'],
    ['Stripe', behind(ofStripe), 'Stripe at http://127.0.0.1:12111 fails at the moment (StripeAPIError, HTTP 500)'],
  ])('%s', (service, error, sentence) => {
    expect(explainFailure(error, reach)).toMatchObject({ service, sentence })
    expect(whyFailed(error, reach)).toBe(sentence)
    expect(whyNotStarted(error, reach)).toBe(sentence)
    expect(sentence).not.toMatch(/hunter2|secret|INSERT/)
  })

  test('also where nobody said where the services are', () => {
    expect(explainFailure(ofNats, {})?.address).toBe('an unknown address')
    expect(explainFailure(ofMysql, {})?.address).toBe('an unknown address')
    expect(explainFailure(ofStripe, {})?.address).toBe('https://api.stripe.com')
  })
})

test('a refusal stays the refusal, also when a service is behind it', () => {
  const refusal = new DomainError('invalid_payload', 'invalid request: url', { cause: ofStripe })
  expect(whyNotStarted(refusal, reach)).toBe('invalid request: url')
})

test('an error that no service caused stays what it is', () => {
  expect(explainFailure(new TypeError('x'), reach)).toBeUndefined()
  expect(explainFailure(Object.assign(new Error('x'), { code: 'ENOENT' }), reach)).toBeUndefined()
  expect(whyNotStarted(new DomainError('forbidden', 'forbidden'), reach)).toBe('forbidden')
  expect(whyFailed(new DomainError('forbidden', 'forbidden'), reach)).toBe('forbidden')
  expect(whyFailed(new TypeError('a value'), reach)).toBe('TypeError')
})
