import { expect, test } from 'vitest'
import {
  CHECKOUT_SESSION_ID,
  CUSTOMER_ID,
  isCheckoutSessionId,
  isCustomerId,
  isInvoiceId,
  isPaymentIntentId,
  isPriceId,
  isStripeProductId,
  isSubscriptionId,
} from './id-kinds.ts'

const kinds = {
  isCheckoutSessionId,
  isCustomerId,
  isInvoiceId,
  isPaymentIntentId,
  isPriceId,
  isStripeProductId,
  isSubscriptionId,
}

test.each([
  ['cs_test_a1', 'isCheckoutSessionId'],
  ['cus_NffrFeUfNV2Hib', 'isCustomerId'],
  ['in_1MtHbELkdIwHu7ix', 'isInvoiceId'],
  ['pi_3MtwBwLkdIwHu7ix', 'isPaymentIntentId'],
  ['price_1MoBy5LkdIwHu7ix', 'isPriceId'],
  ['plan_NjpI7DbZx6AlWQ', 'isPriceId'],
  ['prod_NWjs8kKbJWmuuc', 'isStripeProductId'],
  ['sub_1MowQVLkdIwHu7ix', 'isSubscriptionId'],
])('%s is of one kind', (id, kind) => {
  expect(Object.entries(kinds).flatMap(([name, isOfKind]) => (isOfKind(id) ? [name] : []))).toEqual([kind])
})

test('an id from outside is whole and of its kind', () => {
  expect(
    ['cs_test_a1', 'cs_', 'cs_a b', 'cs_a/../b', 'xcs_a1', `cs_${'a'.repeat(251)}`].map((id) => CHECKOUT_SESSION_ID.test(id)),
  ).toEqual([true, false, false, false, false, false])
  expect(CUSTOMER_ID.source).toBe('^cus_\\w{1,250}$')
})
