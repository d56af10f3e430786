export {
  type CheckoutDeps,
  type CheckoutRequest,
  type CheckoutSettings,
  createCheckoutSession,
  type StartedCheckout,
} from './checkout/create-checkout-session.ts'
export { findPricedProduct } from './checkout/find-priced-product.ts'
export { findSubscriptionOfSession, type SessionLookupDeps } from './checkout/find-subscription-of-session.ts'
export { releaseOverdueReservations } from './checkout/release-overdue-reservations.ts'
export { type EnsuredWebhook, ensureWebhook } from './ensure-webhook.ts'
export { discardEvent } from './events-admin/discard-event.ts'
export { replayEvent } from './events-admin/replay-event.ts'
export { explainFailure, type Reach, reachOf, type ServiceFailure, whyNotStarted } from './explain-failure.ts'
export { inspectWebhook } from './inspect-webhook.ts'
export { type MaintenanceCheckoutDeps, startMaintenanceCheckout } from './maintenance/start-maintenance-checkout.ts'
export { WEBHOOK_PATH } from './our-endpoints.ts'
export { splitName } from './payments/customer-name.ts'
export { exportPayments } from './payments/export-payments.ts'
export { listPayments, type ReportDeps } from './payments/list-payments.ts'
export { paymentsCsv, paymentsCsvHeader } from './payments/payments-csv.ts'
export { InvoiceDetails, PaymentIntentDetails } from './payments/stripe-details.ts'
export { type VerifiedPayment, type VerifyPaymentDeps, verifyPayment } from './payments/verify-payment.ts'
export { openCustomerPortal, type PortalDeps } from './portal/open-customer-portal.ts'
export type { EventOutcome, ProcessDeps } from './purchase/event-handler.ts'
export { type HandledEvent, handledEvents } from './purchase/handled-events.ts'
export { type IncomingEvent, postponeEvent, processEvent } from './purchase/process-event.ts'
export { processStored } from './purchase/process-stored.ts'
export { isStripeEvent, type Refusal, refuseMessage } from './purchase/refuse-message.ts'
export { type ReconcileOptions, type ReconcileReport, reconcile, SETTLED_AFTER_MS } from './reconcile/reconcile.ts'
export { finishRotation, rotateWebhook } from './rotate-webhook.ts'
