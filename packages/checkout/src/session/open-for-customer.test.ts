import { DomainError } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { refusalOfCustomer } from './open-for-customer.ts'
import { SessionNotOpened } from './open-session.ts'

/** As Stripe words it; the SDK makes its errors of such answers. */
const refusal = (message: string, param?: string, statusCode = 400) =>
  new Stripe.errors.StripeInvalidRequestError({
    type: 'invalid_request_error',
    message,
    statusCode,
    ...(param === undefined ? {} : { param }),
  })
const unknown = refusal("No such customer: 'cus_1'", 'customer')
const bound = refusal('You cannot combine currencies on a single customer. This customer has an active subscription in usd')

test.each([
  ['of no currency when Stripe does not know them', unknown, undefined],
  ['of this currency alone when they pay in another', bound, 'currency'],
  ['also where the session tells of it', new SessionNotOpened(true, unknown), undefined],
])('a customer is refused: %s', (_what, error, onlyIn) => {
  expect(refusalOfCustomer(error)).toMatchObject({ onlyIn })
})

test('why is said in words of Stripe', () => {
  expect(refusalOfCustomer(unknown)?.reason).toContain("No such customer: 'cus_1'")
})

test.each([
  ['another parameter', refusal('Invalid currency: xyz', 'line_items[0][price_data][currency]')],
  ['a customer and nothing of currencies', refusal('The customer must have a name', 'name')],
  ['a currency and nothing of customers', refusal('You cannot combine currencies', 'line_items')],
  ['a limit of requests, whatever it is about', refusal("No such customer: 'cus_1'", 'customer', 429)],
  ['an outage, whatever it is about', refusal("No such customer: 'cus_1'", 'customer', 500)],
  ['a lost answer', new SessionNotOpened(false, new TypeError('reset'))],
  ['an error of ours', new DomainError('internal', 'customer currency')],
])('%s is no refusal of the customer', (_what, error) => expect(refusalOfCustomer(error)).toBeUndefined())
