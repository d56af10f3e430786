export { type BundledPart, bundledParts } from './bundled-parts.ts'
export type { AdminProduct } from './catalog-admin/admin-product.ts'
export { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin/catalog-admin.ts'
export { createCoupon, deleteCoupon, listCoupons, updateCoupon } from './catalog-admin/coupons.ts'
export { createProduct } from './catalog-admin/create-product.ts'
export { findAdminProduct } from './catalog-admin/find-admin-product.ts'
export { listProducts } from './catalog-admin/list-products.ts'
export { readSeatUsage, type SeatUsage } from './catalog-admin/seats.ts'
export { updateProduct } from './catalog-admin/update-product.ts'
export { type ConfigProduct, syncConfigProducts } from './catalog-sync/sync-config-products.ts'
export { type SyncAction, type SyncReport, syncProducts } from './catalog-sync/sync-products.ts'
export {
  type CheckoutDeps,
  type CheckoutRequest,
  type CheckoutSettings,
  createCheckoutSession,
  type StartedCheckout,
} from './checkout/create-checkout-session.ts'
export { releaseOverdueReservations } from './checkout/release-overdue-reservations.ts'
export { type EnsuredWebhook, ensureWebhook, WEBHOOK_PATH } from './ensure-webhook.ts'
export { readStripeEvent, type StripeEvent } from './payload/stripe-event.ts'
export { splitName } from './payments/customer-name.ts'
export { exportPayments } from './payments/export-payments.ts'
export { listPayments, type ReportDeps } from './payments/list-payments.ts'
export { paymentsCsv, paymentsCsvHeader } from './payments/payments-csv.ts'
export { InvoiceDetails, PaymentIntentDetails } from './payments/stripe-details.ts'
export { type VerifiedPayment, type VerifyPaymentDeps, verifyPayment } from './payments/verify-payment.ts'
export { type HandledEvent, handledEvents } from './purchase/handled-events.ts'
export { type EventOutcome, type ProcessDeps, processEvent } from './purchase/process-event.ts'
export { createStripe, STRIPE_API_VERSION, translateStripeError } from './stripe-client.ts'
export { verifyWebhook } from './verify-webhook.ts'
