import type { payments } from '@licenseoperator/db'
import { expect, test } from 'vitest'
import { InvoiceDetails, PaymentIntentDetails } from './stripe-details.ts'
import { fromRecord, withIntent } from './verify-payment.ts'

const recorded: payments.StoredPayment = {
  paymentKey: 'invoice:in_1',
  issuanceKey: 'subscription:sub_1:1',
  paidAt: new Date('2026-03-01T09:30:00Z'),
  capturedAt: undefined,
  groupName: 'acme',
  customerName: undefined,
  customerEmail: undefined,
  currency: 'usd',
  amountSubtotalMinor: 100,
  amountTaxMinor: 19,
  amountTotalMinor: 119,
  stripeProductId: undefined,
  stripeInvoiceId: 'in_1',
  stripePaymentIntentId: 'pi_1',
  stripeCustomerId: undefined,
  stripeCheckoutSessionId: undefined,
  stripeSubscriptionId: undefined,
  billingAddress: undefined,
  amountRefundedMinor: 0,
  refundedInFull: false,
  disputeStatus: undefined,
}

test('while Stripe cannot be asked, a recorded payment says that its invoice is paid and its intent has succeeded', () => {
  const { invoice, paymentIntent } = fromRecord(recorded)
  expect(invoice).toEqual({
    id: 'in_1',
    status: 'paid',
    currency: 'usd',
    amountSubtotal: 100,
    amountTax: 19,
    amountTotal: 119,
    created: '2026-03-01T09:30:00Z',
    paidAt: '2026-03-01T09:30:00Z',
    metadata: {},
  })
  expect(paymentIntent).toMatchObject({ id: 'pi_1', status: 'succeeded', amount: 119, amountReceived: 119, charges: [] })
  expect(() => [InvoiceDetails.parse(invoice), PaymentIntentDetails.parse(paymentIntent)]).not.toThrow()
})

test.each([
  ['an invoice alone', { stripePaymentIntentId: undefined }, ['in_1', undefined]],
  ['an intent alone', { stripeInvoiceId: undefined }, [undefined, 'pi_1']],
  ['neither', { stripeInvoiceId: undefined, stripePaymentIntentId: undefined }, [undefined, undefined]],
])('nothing is made up: %s', (_what, other, ids) => {
  const { invoice, paymentIntent } = fromRecord({ ...recorded, ...other })
  expect([invoice?.id, paymentIntent?.id]).toEqual(ids)
  expect([invoice === undefined, paymentIntent === undefined]).toEqual(ids.map((id) => id === undefined))
})

test('the intent that Stripe has just told is part of the answer, and never takes the place of a recorded one', () => {
  const told = { ...fromRecord(recorded), paymentIntent: { ...fromRecord(recorded).paymentIntent, id: 'pi_told' } }
  const details = { invoice: undefined, paymentIntent: PaymentIntentDetails.parse(told.paymentIntent) }
  expect(withIntent({ ...recorded, stripePaymentIntentId: undefined }, details).stripePaymentIntentId).toBe('pi_told')
  expect(withIntent(recorded, details).stripePaymentIntentId).toBe('pi_1')
  expect(
    withIntent({ ...recorded, stripePaymentIntentId: undefined }, fromRecord({ ...recorded, stripePaymentIntentId: undefined }))
      .stripePaymentIntentId,
  ).toBeUndefined()
})
