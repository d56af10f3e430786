import { expect, test } from 'vitest'
import { isPaid, readCheckoutSession } from './checkout-session.ts'

const session = { id: 'cs_1', mode: 'payment', payment_status: 'paid', metadata: {} }
const read = (other: object = {}) => readCheckoutSession({ ...session, ...other })

test.each([
  ['paid', true],
  ['no_payment_required', true],
  ['unpaid', false],
])('%s: the money is there, or none was due: %s', (paymentStatus, paid) => {
  expect(isPaid({ paymentStatus })).toBe(paid)
})

test.each(['', 'partially_paid', 'PAID'])('%j is no payment that anybody knows, and for people to look at', (paymentStatus) => {
  expect(() => isPaid({ paymentStatus })).toThrow(expect.objectContaining({ code: 'invalid_payload', field: 'payment_status' }))
})

test('an address that was typed on the page counts before the one that we suggested', () => {
  expect(read({ customer_email: 'a@b.example', customer_details: { email: 'c@d.example' } }).email).toBe('c@d.example')
  expect(read({ customer_email: 'a@b.example', customer_details: { email: null } }).email).toBe('a@b.example')
  expect(read({ customer_email: 'a@b.example' }).email).toBe('a@b.example')
  expect(read().email).toBeUndefined()
})

test('what is free has no amounts, which is 0 of each', () => {
  const { amountSubtotalMinor, amountTaxMinor, amountTotalMinor } = read({ amount_total: null, total_details: null })
  expect([amountSubtotalMinor, amountTaxMinor, amountTotalMinor]).toEqual([0, 0, 0])
})

test('an amount that is no whole number is an unknown shape, never 0', () => {
  for (const field of ['amount_total', 'amount_subtotal'])
    for (const amount of ['21900', 1.5]) expect(() => read({ [field]: amount })).toThrow(field)
  expect(() => read({ total_details: { amount_tax: '19' } })).toThrow('amount_tax')
})

test('what a session made is named, whether Stripe sends ids or objects', () => {
  const names = { subscription: 'sub_1', invoice: 'in_1', payment_intent: 'pi_1', customer: 'cus_1' }
  const expanded = Object.fromEntries(Object.entries(names).map(([key, id]) => [key, { id }]))
  const expected = { subscriptionId: 'sub_1', invoiceId: 'in_1', paymentIntentId: 'pi_1', customerId: 'cus_1' }
  expect(read(names)).toMatchObject(expected)
  expect(read(expanded)).toMatchObject(expected)
})
