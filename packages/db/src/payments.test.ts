import { expect, test } from 'vitest'
import { newestFirstOrder, toPayment } from './payments.ts'

const at = new Date('2026-01-01T00:00:00Z')
const payment = {
  payment_key: 'invoice:in_1',
  issuance_key: 'subscription:sub_1:1',
  paid_at: at,
  captured_at: null,
  group_key: null,
  group_name: null,
  customer_name: null,
  customer_email: null,
  currency: 'usd',
  amount_subtotal_minor: 100,
  amount_tax_minor: 19,
  amount_total_minor: 119,
  stripe_product_id: null,
  stripe_invoice_id: null,
  stripe_payment_intent_id: null,
  stripe_customer_id: null,
  stripe_checkout_session_id: null,
  stripe_subscription_id: null,
  billing_address: null,
  created_at: at,
  amount_refunded_minor: 0,
  refunded_in_full: 0,
  dispute_status: null,
  covers_until: null,
  amount_charged_minor: null,
}

test('of a payment each amount is its own, and what was charged is unset where nobody told', () => {
  expect(toPayment(payment)).toMatchObject({ amountSubtotalMinor: 100, amountTaxMinor: 19, amountTotalMinor: 119 })
  expect(toPayment(payment).amountChargedMinor).toBeUndefined()
  expect(toPayment({ ...payment, amount_charged_minor: 0 }).amountChargedMinor).toBe(0)
})

test('a payment went back in full when the column says so, whatever its amounts are', () => {
  expect(toPayment({ ...payment, amount_refunded_minor: 119 }).refundedInFull).toBe(false)
  expect(toPayment({ ...payment, refunded_in_full: 1 }).refundedInFull).toBe(true)
})

test('reports are newest first, and of one instant in one order, so that a walk skips and repeats none', () => {
  const [early, late] = [new Date(1), new Date(2)]
  const of = (paidAt: Date, paymentKey: string) => ({ paidAt, paymentKey })
  const sorted = [of(early, 'b'), of(late, 'a'), of(early, 'c'), of(late, 'b')].sort(newestFirstOrder)
  expect(sorted).toEqual([of(late, 'b'), of(late, 'a'), of(early, 'c'), of(early, 'b')])
})
