import type {
  AuditLogTable,
  CouponsTable,
  LicensesTable,
  PaymentDetailsTable,
  PaymentsTable,
  ProductsTable,
  ReservationsTable,
  ReversalsTable,
  StripeEventsTable,
  SubscriptionsTable,
  TrialsTable,
} from './schema.ts'

// What a select reads, by name. `SELECT *` would read whatever a newer release has added, and would send large columns that nobody asked for; a row type of
// Kysely asks for every column, so a list that lacks one does not compile where rows are read.

export const auditLogColumns = [
  'id',
  'at',
  'actor',
  'action',
  'subject',
  'before',
  'after',
  'request_id',
] as const satisfies readonly (keyof AuditLogTable)[]

export const couponColumns = [
  'id',
  'product_id',
  'code',
  'code_key',
  'live_code_key',
  'active',
  'behavior',
  'max_per_group',
  'max_total',
  'min_managed_products',
  'max_managed_products',
  'taken',
  'metadata',
  'stripe_promotion',
  'deleted_at',
  'created_at',
  'updated_at',
  'revision',
] as const satisfies readonly (keyof CouponsTable)[]

export const licenseColumns = [
  'license_id',
  'issuance_key',
  'group_key',
  'group_name',
  'email',
  'product_id',
  'product_slug',
  'product_key',
  'plan',
  'domain',
  'kind',
  'seats',
  'price_locked',
  'coupon_code',
  'issued_at',
  'expires_at',
  'maintenance_expires_at',
  'revoked_at',
  'revoked_reason',
  'superseded_by',
  'disputed',
  'admin_revoked_at',
  'admin_revoked_note',
  'takes_license',
  'maintenance_included_until',
  'key_id',
  'license_text',
  'identity',
  'stripe_customer_id',
  'stripe_checkout_session_id',
  'stripe_subscription_id',
  'stripe_invoice_id',
  'stripe_payment_intent_id',
  'updated_at',
] as const satisfies readonly (keyof LicensesTable)[]

export const paymentColumns = [
  'payment_key',
  'issuance_key',
  'paid_at',
  'captured_at',
  'group_key',
  'group_name',
  'customer_name',
  'customer_email',
  'currency',
  'amount_subtotal_minor',
  'amount_tax_minor',
  'amount_total_minor',
  'stripe_product_id',
  'stripe_invoice_id',
  'stripe_payment_intent_id',
  'stripe_customer_id',
  'stripe_checkout_session_id',
  'stripe_subscription_id',
  'billing_address',
  'created_at',
  'amount_refunded_minor',
  'refunded_in_full',
  'dispute_status',
  'covers_until',
] as const satisfies readonly (keyof PaymentsTable)[]

export const paymentDetailsColumns = [
  'payment_key',
  'invoice',
  'payment_intent',
  'fetched_at',
] as const satisfies readonly (keyof PaymentDetailsTable)[]

export const productColumns = [
  'id',
  'slug',
  'name',
  'description',
  'type',
  'plan',
  'product_key',
  'pricing_mode',
  'active',
  'internal',
  'config_managed',
  'currency',
  'unit_amount_minor',
  'base_amount_minor',
  'billing_interval',
  'billing_interval_count',
  'trial_period_days',
  'term_duration_days',
  'max_license_total',
  'max_managed_products',
  'licenses_taken',
  'lookup_key',
  'active_lookup_key',
  'stripe_product_id',
  'stripe_price_id',
  'metadata',
  'pricing_tiers',
  'bundled_products',
  'created_at',
  'updated_at',
  'revision',
] as const satisfies readonly (keyof ProductsTable)[]

export const reservationColumns = [
  'reservation_id',
  'product_id',
  'takes_license',
  'coupon_id',
  'group_key',
  'status',
  'stripe_session_id',
  'expires_at',
  'created_at',
  'settled_at',
] as const satisfies readonly (keyof ReservationsTable)[]

export const reversalColumns = [
  'reversal_id',
  'kind',
  'status',
  'amount_minor',
  'stripe_charge_id',
  'stripe_payment_intent_id',
  'stripe_invoice_id',
  'version',
  'updated_at',
] as const satisfies readonly (keyof ReversalsTable)[]

export const stripeEventColumns = [
  'event_id',
  'type',
  'api_version',
  'status',
  'reason',
  'attempts',
  'payload',
  'received_at',
  'next_attempt_at',
  'settled_at',
  'signature',
  'unverified',
] as const satisfies readonly (keyof StripeEventsTable)[]

export const subscriptionColumns = [
  'stripe_subscription_id',
  'status',
  'cancel_at',
  'ended_at',
  'ended_reason',
  'version',
  'updated_at',
] as const satisfies readonly (keyof SubscriptionsTable)[]

export const trialColumns = [
  'group_key',
  'license_id',
  'product_key',
  'expires_at',
  'updated_at',
] as const satisfies readonly (keyof TrialsTable)[]

/** Columns with their table's name in front, for a join. */
export function of<T extends string, C extends string>(table: T, columns: readonly C[]): `${T}.${C}`[] {
  return columns.map((column) => `${table}.${column}` as const)
}
