import { DomainError } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { provesThereIsNone } from './open-session.ts'

const answered = (statusCode: number) => new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'no', statusCode })

test.each([400, 402, 404])('a refusal (%i) is about every try: there is no session, however often it was asked', (status) => {
  expect([1, 2, 3].map((tries) => provesThereIsNone(answered(status), tries))).toEqual([true, true, true])
})

test.each([401, 403, 429])('being turned away (%i) is about this try: an earlier one may have made a session', (status) => {
  expect([1, 2].map((tries) => provesThereIsNone(answered(status), tries))).toEqual([true, false])
})

test.each([408, 409, 500, 502, 503])('answer %i proves nothing', (status) => {
  expect(provesThereIsNone(answered(status), 1)).toBe(false)
})

test.each([
  ['a lost connection', new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'reset' })],
  ['an error of ours', new DomainError('internal', 'no')],
  ['anything else', new TypeError('no')],
])('%s proves nothing', (_what, error) => expect(provesThereIsNone(error, 1)).toBe(false))
