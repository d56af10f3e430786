import { readCheckoutSession } from '@licenseoperator/stripe'
import { expect, test } from 'vitest'
import { renewalOfCheckout } from './renewal-of-checkout.ts'

const paidAt = new Date('2026-03-01T00:00:00Z')
const session = (metadata: object) =>
  readCheckoutSession({
    id: 'cs_1',
    mode: 'payment',
    payment_status: 'paid',
    amount_subtotal: 4900,
    amount_total: 5831,
    total_details: { amount_tax: 931 },
    currency: 'usd',
    customer: 'cus_1',
    payment_intent: 'pi_1',
    metadata,
  })
const renewal = { license_type: 'maintenance_renewal', original_license_id: 'L-1' }

test('a year that was paid on its own covers no period: it counts from the end that maintenance has', () => {
  const { payment } = renewalOfCheckout(session(renewal), paidAt)
  expect(payment).not.toHaveProperty('coversUntil')
  expect(payment).toMatchObject({
    paymentKey: 'checkout:cs_1',
    paidAt,
    currency: 'usd',
    amountSubtotalMinor: 4900,
    amountTaxMinor: 931,
    amountTotalMinor: 5831,
    stripePaymentIntentId: 'pi_1',
    stripeCustomerId: 'cus_1',
    stripeCheckoutSessionId: 'cs_1',
    stripeSubscriptionId: undefined,
  })
})

test.each([
  ['names no license', { license_type: 'maintenance_renewal' }],
  ['names an empty one', { ...renewal, original_license_id: '' }],
  ['is no maintenance', { ...renewal, license_type: 'perpetual' }],
])('one that %s is for people to look at', (_what, metadata) => {
  expect(() => renewalOfCheckout(session(metadata), paidAt)).toThrow()
})
