import type { DisputeStatus } from '@licenseoperator/domain'
import type { ColumnType, Generated, JSONColumnType, Kysely, Transaction } from 'kysely'

/** A handle for reads. Writes ask for `Tx`, so that a write outside a transaction does not compile. */
export type Db = Kysely<Schema>
export type Tx = Transaction<Schema>
/** What a read may run on. */
export type Reader = Db | Tx

/** JSON text in, parsed JSON out; every reader parses it with zod before use. */
type Json = JSONColumnType<object, string, string>
/** TINYINT(1) in, 0 or 1 out. */
type Flag = ColumnType<number, boolean, boolean>

export interface ProductsTable {
  id: Generated<number>
  slug: string
  name: string
  description: string | null
  type: 'subscription' | 'one_off'
  plan: string
  product_key: string
  pricing_mode: 'fixed' | 'tiered'
  active: Flag
  internal: Flag
  config_managed: Flag
  currency: string
  unit_amount_minor: number
  base_amount_minor: number
  billing_interval: string
  billing_interval_count: number
  trial_period_days: number
  term_duration_days: number | null
  max_license_total: number | null
  max_managed_products: number | null
  /** Licenses that count towards `max_license_total` plus live reservations. Changed only by conditional UPDATE. */
  licenses_taken: Generated<number>
  lookup_key: string | null
  /** `lookup_key` while the product is active; unique. */
  active_lookup_key: ColumnType<string | null, never, never>
  stripe_product_id: string | null
  stripe_price_id: string | null
  metadata: Json
  pricing_tiers: Json
  bundled_products: Json
  created_at: Date
  updated_at: Date
  revision: Generated<number>
}

/** Every Stripe price a product ever had: a renewal may still name the price that was replaced years ago. */
export interface PricesTable {
  stripe_price_id: string
  product_id: number
  stripe_product_id: string
  currency: string
  unit_amount_minor: number | null
  billing_interval: string
  billing_interval_count: number
  active: Flag
  created_at: Date
}

export interface CouponsTable {
  id: Generated<number>
  product_id: number
  code: string
  code_key: string
  /** `code_key` until the coupon is deleted; unique per product. */
  live_code_key: ColumnType<string | null, never, never>
  active: Flag
  behavior: 'product_override' | 'stripe_promotion'
  max_per_group: number | null
  max_total: number | null
  min_managed_products: number | null
  max_managed_products: number | null
  /** Completed redemptions plus live reservations. Changed only by conditional UPDATE. */
  taken: Generated<number>
  metadata: Json
  stripe_promotion: JSONColumnType<object | null, string | null, string | null>
  deleted_at: Date | null
  created_at: Date
  updated_at: Date
  revision: Generated<number>
}

export interface CouponGroupsTable {
  coupon_id: number
  group_key: string
  taken: number
}

export interface ReservationsTable {
  reservation_id: string
  product_id: number
  /** True when the reservation took one of the product's `max_license_total`. */
  takes_license: Flag
  coupon_id: number | null
  group_key: string
  status: 'held' | 'consumed' | 'released'
  stripe_session_id: string | null
  expires_at: Date
  created_at: Date
  settled_at: Date | null
  /** Equal for equal orders of one caller; null before 0132. */
  order_key: string | null
  /** A digest of who asked; null before 0132. */
  identity_key: string | null
  /** When its session was found completed while the hold waits for the webhook. */
  session_completed_at: Date | null
}

export interface RefusedCustomersTable {
  stripe_customer_id: string
  /** Lower case; empty for any. */
  currency: string
  refused_at: Date
}

export interface LicensesTable {
  license_id: string
  issuance_key: string
  group_key: string
  group_name: string
  email: string
  product_id: number | null
  product_slug: string | null
  product_key: string
  plan: string
  domain: string | null
  kind: 'subscription' | 'one_off' | 'perpetual' | 'trial' | 'manual'
  seats: number | null
  price_locked: Flag
  coupon_code: string | null
  issued_at: Date
  expires_at: Date
  maintenance_expires_at: Date | null
  /** Derived from everything that is known of the purchase (licensing, license-state.ts), never set by hand. */
  revoked_at: Date | null
  revoked_reason: string | null
  superseded_by: string | null
  disputed: ColumnType<number, boolean | undefined, boolean>
  /** What an operator decided: the only revocation that is a fact of its own. */
  admin_revoked_at: ColumnType<Date | null, undefined, Date | null>
  admin_revoked_note: ColumnType<string | null, undefined, string | null>
  /** True while the license counts towards its product's `licenses_taken`. */
  takes_license: ColumnType<number, boolean | undefined, boolean>
  /** When Stripe said that there was nothing to pay for it. */
  found_free_at: ColumnType<Date | null, undefined, Date>
  /** Until when maintenance lasts without any renewal. */
  maintenance_included_until: Date | null
  key_id: string
  license_text: string
  identity: string | null
  stripe_customer_id: string | null
  stripe_checkout_session_id: string | null
  stripe_subscription_id: string | null
  stripe_invoice_id: string | null
  stripe_payment_intent_id: string | null
  /** On what the license was sold, see `SoldItem`; null for what no subscription paid for and for older rows. */
  sold_as: JSONColumnType<object | null, string | null | undefined, string | null>
  updated_at: Date
}

export interface PaymentsTable {
  payment_key: string
  issuance_key: string
  paid_at: Date
  captured_at: Date | null
  group_key: string | null
  group_name: string | null
  customer_name: string | null
  customer_email: string | null
  currency: string
  amount_subtotal_minor: number
  amount_tax_minor: number
  amount_total_minor: number
  stripe_product_id: string | null
  stripe_invoice_id: string | null
  stripe_payment_intent_id: string | null
  stripe_customer_id: string | null
  stripe_checkout_session_id: string | null
  stripe_subscription_id: string | null
  billing_address: JSONColumnType<object | null, string | null, string | null>
  created_at: Date
  amount_refunded_minor: Generated<number>
  refunded_in_full: ColumnType<number, boolean | undefined, boolean>
  /** Of its latest dispute; null when there was none. */
  dispute_status: ColumnType<DisputeStatus | null, undefined, DisputeStatus | null>
  /** End of the period that the payment is for; null where it is for no period. */
  covers_until: ColumnType<Date | null, Date | null, Date | null>
  /** What was charged: less than the total where a credit paid the rest; null for older rows. */
  amount_charged_minor: ColumnType<number | null, number | null | undefined, number | null>
}

export interface ReversalsTable {
  /** The charge for its refunds, the dispute for a dispute. */
  reversal_id: string
  kind: 'refund' | 'dispute'
  status: 'none' | 'partial' | 'full' | DisputeStatus
  /** Refunded in all, or disputed. */
  amount_minor: number
  stripe_charge_id: string
  stripe_payment_intent_id: string | null
  stripe_invoice_id: string | null
  version: number
  updated_at: Date
}

export interface SubscriptionsTable {
  stripe_subscription_id: string
  status: string
  cancel_at: Date | null
  ended_at: Date | null
  ended_reason: string | null
  version: number
  updated_at: Date
}

export interface StripeEventsTable {
  event_id: string
  type: string
  api_version: string | null
  status: 'received' | 'processed' | 'ignored' | 'parked'
  reason: string | null
  attempts: Generated<number>
  payload: Buffer
  received_at: Date
  next_attempt_at: Date | null
  settled_at: Date | null
  signature: string | null
  unverified: Generated<number>
}

export interface OutboxTable {
  id: Generated<number>
  message_id: string
  subject: string
  payload: Buffer
  created_at: Date
  attempts: Generated<number>
  lease_owner: string | null
  leased_until: Date | null
  published_at: Date | null
}

export interface LicenseEndsTable {
  stripe_invoice_id: string
  stripe_subscription_id: string
  ended_at: Date
  created_at: Date
}

export interface WithheldAnnouncementsTable {
  license_id: string
  message_id: string
  subject: string
  payload: Buffer
  created_at: Date
}

export interface AuditLogTable {
  id: Generated<number>
  at: Date
  actor: string
  action: string
  subject: string
  before: JSONColumnType<object | null, string | null, never>
  after: JSONColumnType<object | null, string | null, never>
  request_id: string | null
}

export interface TrialsTable {
  group_key: string
  license_id: string
  product_key: string
  expires_at: Date
  updated_at: Date
}

export interface TrialClaimsTable {
  group_key: string
  reservation_id: string
  claimed_at: Date
}

export interface LocksTable {
  name: string
}

export interface RateLimitsTable {
  name: string
  points: number
  ends_at: Date
}

export interface LeasesTable {
  name: string
  /** Empty when nobody has it. */
  owner: string
  expires_at: Date
}

export interface PaymentDetailsTable {
  payment_key: string
  invoice: JSONColumnType<object | null, string | null, string | null>
  payment_intent: JSONColumnType<object | null, string | null, string | null>
  fetched_at: Date
}

/** One row: a number that rises whenever the set of revoked licenses changes. */
export interface RevocationListTable {
  id: number
  number: number
}

export interface NotificationsTable {
  notification_id: string
  license_id: string
  /** `purchase`, `renewal`, `maintenance:{end}` or `resend:{id}`; unique for its license. */
  reason: string
  recipient: string
  /** Of the mail, the same for every try. */
  message_id: string
  /** `sending` is also what became unsure: the server may have taken it and the answer was lost. */
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'dead'
  attempts: Generated<number>
  /** Tries that followed one whose outcome nobody knows. */
  maybe_twice: Generated<number>
  /** While it is being sent: when it counts as abandoned. Null once it is settled. */
  next_attempt_at: Date | null
  lease_owner: string | null
  last_error: string | null
  created_at: Date
  sent_at: Date | null
}

export interface NotifierStartTable {
  id: number
  started_at: Date
}

export interface LicenseLinkRevocationsTable {
  license_id: string
  revoked_at: Date
}

export interface Schema {
  products: ProductsTable
  prices: PricesTable
  coupons: CouponsTable
  coupon_groups: CouponGroupsTable
  reservations: ReservationsTable
  refused_customers: RefusedCustomersTable
  licenses: LicensesTable
  payments: PaymentsTable
  stripe_events: StripeEventsTable
  outbox: OutboxTable
  license_ends: LicenseEndsTable
  withheld_announcements: WithheldAnnouncementsTable
  audit_log: AuditLogTable
  trials: TrialsTable
  trial_claims: TrialClaimsTable
  locks: LocksTable
  leases: LeasesTable
  rate_limits: RateLimitsTable
  payment_details: PaymentDetailsTable
  reversals: ReversalsTable
  subscriptions: SubscriptionsTable
  revocation_list: RevocationListTable
  notifications: NotificationsTable
  notifier_start: NotifierStartTable
  license_link_revocations: LicenseLinkRevocationsTable
}
