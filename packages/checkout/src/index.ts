export { type MaintenanceCheckoutDeps, startMaintenanceCheckout } from './maintenance/start-maintenance-checkout.ts'
export { openCustomerPortal, type PortalDeps } from './portal/open-customer-portal.ts'
export {
  type CheckoutDeps,
  type CheckoutRequest,
  type CheckoutSettings,
  createCheckoutSession,
  type StartedCheckout,
} from './session/create-checkout-session.ts'
export { findPricedProduct } from './session/find-priced-product.ts'
export { findSubscriptionOfSession, type SessionLookupDeps } from './session/find-subscription-of-session.ts'
export { type CheckoutState, type CheckoutStateDeps, readCheckoutState } from './session/read-checkout-state.ts'
export { releaseOverdueReservations } from './session/release-overdue-reservations.ts'
