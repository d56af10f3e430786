export { entitlementOf, seatsBought } from './entitlement-of.ts'
export { checkoutIssuanceKey, subscriptionIssuanceKey } from './issuance-key.ts'
export { draftOf, partsBought } from './license-draft.ts'
export { isMaintenance, MaintenanceMetadata } from './maintenance-metadata.ts'
export {
  isForeignInvoice,
  isForeignSale,
  productBought,
  type ReadLine,
  readLines,
  type Sold,
  sellsOneOf,
  sellsOneOfProducts,
} from './our-line.ts'
export type { PaidPurchase } from './paid-purchase.ts'
export {
  type Changed,
  changesItems,
  type InForce,
  inDoubt,
  itemOf,
  onlyLine,
  type PaidUnits,
  unitsAfterChange,
  unitsOfPeriod,
} from './paid-units.ts'
export { isForeign, PurchaseMetadata, usesOurWords, writePurchaseMetadata } from './purchase-metadata.ts'
export {
  familyOfSubscription,
  firstInvoiceOf,
  inForceAt,
  invoiceBehind,
  metadataBought,
  type SubscriptionFamily,
  soldOf,
} from './subscription-family.ts'
export { unitsOfSession } from './units-of-session.ts'
export { unserved } from './unserved.ts'
