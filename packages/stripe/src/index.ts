export { explainStripe } from './explain-stripe.ts'
export {
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
export { ONE_SHORT_TRY } from './one-short-try.ts'
export { pages } from './pages.ts'
export { type Charge, readCharge, readRefund } from './payload/charge.ts'
export { type CheckoutSession, isPaid, readCheckoutSession } from './payload/checkout-session.ts'
export { chargeOfDispute, readDispute } from './payload/dispute.ts'
export { idOf } from './payload/id-of.ts'
export {
  type Invoice,
  type InvoiceLine,
  intentOfPayments,
  paidPeriodOf,
  paymentOfInvoice,
  readInvoice,
} from './payload/invoice.ts'
export { readWholeInvoice } from './payload/read-whole-invoice.ts'
export { readStripeEvent, type StripeEvent } from './payload/stripe-event.ts'
export { readSubscription, type Subscription } from './payload/subscription.ts'
export {
  createStripe,
  describeRefusal,
  isLive,
  isRefusal,
  isUnknownObject,
  madeNothing,
  STRIPE_API_VERSION,
  translateStripeError,
} from './stripe-client.ts'
export { unlessUnknown } from './unless-unknown.ts'
export { isSignedByStripe, verifyWebhook } from './verify-webhook.ts'
export { waitOutRateLimit } from './wait-out-rate-limit.ts'
