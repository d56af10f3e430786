import { DomainError } from '@licenseoperator/domain'
import { translateStripeError } from '@licenseoperator/stripe'
import { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { afterFailure } from './after-failure.ts'

const thrown = (facts: object) => Object.assign(new Error('INSERT INTO secret VALUES (4242)'), facts)
/** As the store translates what says nothing about the statement. */
const ofMysql = (facts: object) => new DomainError('temporarily_unavailable', 'temporarily unavailable', { cause: thrown(facts) })
const ofStripe = (statusCode: number) =>
  translateStripeError(new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'no', statusCode }))
const tooLong = ofMysql({ code: 'CONNECTION_HELD_TOO_LONG' })
const unknownShape = z.object({ amount: z.int(), card: z.string() }).safeParse({ amount: 'secret' }).error
const kinds = (error: unknown) => [1, 4, 5, 6, 1000].map((tries) => afterFailure(error, tries).kind)

describe('what is away says nothing about the event: it waits, however long', () => {
  test.each([
    ['MySQL', ofMysql({ code: 'ECONNREFUSED', fatal: true })],
    ['MySQL, busy', ofMysql({ errno: 1213 })],
    ['Stripe', ofStripe(500)],
    ['Stripe, which lets nobody in', ofStripe(401)],
    ['another event that it needs', new DomainError('temporarily_unavailable', 'not issued yet')],
  ])('%s', (_what, error) => expect(kinds(error)).toEqual(['retry', 'retry', 'retry', 'retry', 'retry']))
})

describe('what nobody can serve is parked at once: it would fail the same way each time', () => {
  test.each([
    ['a refusal of ours', new DomainError('invalid_payload', 'cannot issue: no group')],
    ['a refusal of Stripe', ofStripe(400)],
    ['an unknown shape', unknownShape],
  ])('%s', (_what, error) => expect(kinds(error)).toEqual(['parked', 'parked', 'parked', 'parked', 'parked']))
})

describe('what may be a bug or a moment is tried five times, then put aside so that others flow', () => {
  test.each([
    ['an error of our code', new TypeError('x is undefined')],
    ['a value that MySQL refuses', thrown({ errno: 1406 })],
    ['no error at all', 'thrown'],
    ["work that takes longer than the database's deadline", tooLong],
  ])('%s', (_what, error) => expect(kinds(error)).toEqual(['retry', 'retry', 'parked', 'parked', 'parked']))
})

describe('the reason, for people', () => {
  test.each<[string, unknown, number, RegExp]>([
    ['names service, address and cause', ofStripe(500), 1, /^Stripe at https:\/\/api\.stripe\.com fails at the moment/],
    ['is the refusal itself', new DomainError('invalid_payload', 'cannot issue: no group'), 1, /^cannot issue: no group$/],
    [
      'names each field that cannot be read, and no value',
      unknownShape,
      1,
      /^unknown payload shape: amount invalid_type, card invalid_type$/,
    ],
    ['of a bug is its kind, because messages carry values', new TypeError('4242'), 5, /^unexpected TypeError$/],
    [
      'of a value that MySQL refuses is number and column',
      Object.assign(new Error("Data too long for column 'currency' at row 1"), { errno: 1406 }),
      5,
      /^unexpected Error \(errno 1406, column currency\)$/,
    ],
    ['of what is no error is what it is', 'secret', 5, /^unexpected string$/],
    ['tells how often it took too long', tooLong, 5, /deadline 5 times$/],
  ])('%s', (_what, error, tries, reason) => {
    const outcome = afterFailure(error, tries)
    expect(outcome.reason).toMatch(reason)
    expect(outcome.reason).not.toMatch(/secret|4242/)
  })
})
