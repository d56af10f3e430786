import { expect, test } from 'vitest'
import { readCharge, readRefund } from './charge.ts'

const charge = { id: 'ch_1', amount: 5000, amount_refunded: 5000, refunded: false, payment_intent: 'pi_1', metadata: {} }

test('whether all of it went back is what Stripe says, and not what its amounts look like', () => {
  expect(readCharge(charge).refundedInFull).toBe(false)
  expect(readCharge({ ...charge, amount_refunded: 4999, refunded: true }).refundedInFull).toBe(true)
})

test('until basil a charge names its invoice, since then it does not', () => {
  expect(readCharge({ ...charge, invoice: 'in_1' }).invoiceId).toBe('in_1')
  expect(readCharge({ ...charge, invoice: { id: 'in_1' } }).invoiceId).toBe('in_1')
  expect(readCharge(charge).invoiceId).toBeUndefined()
})

test.each([
  ['a part of a cent', { amount_refunded: 0.5 }],
  ['a text', { amount_refunded: '5000' }],
  ['no word whether all of it', { refunded: null }],
])('what went back as %s is an unknown shape, never nothing', (_what, other) => {
  expect(() => readCharge({ ...charge, ...other })).toThrow()
})

test('a refund tells which charge to look at', () => {
  expect(readRefund({ id: 're_1', charge: 'ch_1', amount: 1 })).toEqual({ id: 're_1', chargeId: 'ch_1' })
  expect(readRefund({ id: 're_1', charge: { id: 'ch_1' } })).toEqual({ id: 're_1', chargeId: 'ch_1' })
})

test('a refund of nothing that was charged names none', () => {
  expect(readRefund({ id: 're_1', charge: null }).chargeId).toBeUndefined()
})
