/**
 * The schema, forward only. One DDL statement each, because MySQL commits DDL at once and a migration that fails half-way would leave its
 * first half behind; each can be run again (an index that is there already counts as made, one that is gone as dropped). A released migration never changes: append.
 *
 * Releases overlap while they are rolled out or back, so the schema changes in three steps: expand (add, nullable or with a default), migrate (programs
 * that use both forms), contract (take away what only older releases use). Only the last one declares `oldestRelease`.
 *
 * Ids, codes and keys are `ascii_bin`: the default collation holds 'abc', 'ABC' and 'äbc' for equal. Group keys are normalised in one
 * function and compared byte by byte (`utf8mb4_0900_bin`).
 */
export interface Migration {
  readonly name: string
  readonly sql: string
  /**
   * The oldest release that can run once this is applied; older ones refuse to start. Absent where every release goes on running that could before. A test
   * demands it of everything that takes away, narrows or constrains.
   */
  readonly oldestRelease?: string
}

const tail = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin'
const ascii = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`
const instant = 'DATETIME(3)'
/** Lower-casing can lengthen a name, so the key's column is wider than the 128 characters a group may have. */
const group = 'VARCHAR(255)'

export const migrations: readonly Migration[] = [
  {
    name: '0001_products',
    sql: `CREATE TABLE IF NOT EXISTS products (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      slug ${ascii(128)} NOT NULL,
      name VARCHAR(255) NOT NULL,
      description TEXT NULL,
      type ${ascii(16)} NOT NULL,
      plan VARCHAR(128) NOT NULL,
      product_key VARCHAR(128) NOT NULL,
      pricing_mode ${ascii(16)} NOT NULL,
      active TINYINT(1) NOT NULL,
      internal TINYINT(1) NOT NULL,
      config_managed TINYINT(1) NOT NULL,
      currency ${ascii(3)} NOT NULL,
      unit_amount_minor INT UNSIGNED NOT NULL,
      base_amount_minor INT UNSIGNED NOT NULL,
      billing_interval ${ascii(16)} NOT NULL,
      billing_interval_count SMALLINT UNSIGNED NOT NULL,
      trial_period_days SMALLINT UNSIGNED NOT NULL,
      term_duration_days INT UNSIGNED NULL,
      max_license_total INT UNSIGNED NULL,
      max_managed_products INT UNSIGNED NULL,
      licenses_taken INT UNSIGNED NOT NULL DEFAULT 0,
      lookup_key ${ascii(200)} NULL,
      active_lookup_key ${ascii(200)} GENERATED ALWAYS AS (IF(active, lookup_key, NULL)) STORED,
      stripe_product_id ${ascii(255)} NULL,
      stripe_price_id ${ascii(255)} NULL,
      metadata JSON NOT NULL,
      pricing_tiers JSON NOT NULL,
      bundled_products JSON NOT NULL,
      created_at ${instant} NOT NULL,
      updated_at ${instant} NOT NULL,
      UNIQUE KEY products_by_slug (slug),
      UNIQUE KEY products_by_active_lookup_key (active_lookup_key),
      KEY products_by_stripe_price (stripe_price_id),
      KEY products_by_product_key (product_key, active)
    ) ${tail}`,
  },
  {
    name: '0002_prices',
    sql: `CREATE TABLE IF NOT EXISTS prices (
      stripe_price_id ${ascii(255)} NOT NULL PRIMARY KEY,
      product_id INT UNSIGNED NOT NULL,
      stripe_product_id ${ascii(255)} NOT NULL,
      currency ${ascii(3)} NOT NULL,
      unit_amount_minor INT UNSIGNED NULL,
      billing_interval ${ascii(16)} NOT NULL,
      billing_interval_count SMALLINT UNSIGNED NOT NULL,
      active TINYINT(1) NOT NULL,
      created_at ${instant} NOT NULL,
      KEY prices_by_product (product_id, active),
      CONSTRAINT prices_product FOREIGN KEY (product_id) REFERENCES products (id)
    ) ${tail}`,
  },
  {
    name: '0003_coupons',
    sql: `CREATE TABLE IF NOT EXISTS coupons (
      id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      product_id INT UNSIGNED NOT NULL,
      code VARCHAR(64) NOT NULL,
      code_key VARCHAR(64) NOT NULL,
      live_code_key VARCHAR(64) GENERATED ALWAYS AS (IF(deleted_at IS NULL, code_key, NULL)) STORED,
      active TINYINT(1) NOT NULL,
      behavior ${ascii(32)} NOT NULL,
      max_per_group INT UNSIGNED NULL,
      max_total INT UNSIGNED NULL,
      min_managed_products INT UNSIGNED NULL,
      max_managed_products INT UNSIGNED NULL,
      taken INT UNSIGNED NOT NULL DEFAULT 0,
      metadata JSON NOT NULL,
      stripe_promotion JSON NULL,
      deleted_at ${instant} NULL,
      created_at ${instant} NOT NULL,
      updated_at ${instant} NOT NULL,
      UNIQUE KEY coupons_by_product_and_live_code (product_id, live_code_key),
      KEY coupons_by_code (code_key),
      CONSTRAINT coupons_product FOREIGN KEY (product_id) REFERENCES products (id)
    ) ${tail}`,
  },
  {
    name: '0004_coupon_groups',
    sql: `CREATE TABLE IF NOT EXISTS coupon_groups (
      coupon_id INT UNSIGNED NOT NULL,
      group_key ${group} NOT NULL,
      taken INT UNSIGNED NOT NULL DEFAULT 0,
      PRIMARY KEY (coupon_id, group_key),
      CONSTRAINT coupon_groups_coupon FOREIGN KEY (coupon_id) REFERENCES coupons (id)
    ) ${tail}`,
  },
  {
    name: '0005_reservations',
    sql: `CREATE TABLE IF NOT EXISTS reservations (
      reservation_id ${ascii(40)} NOT NULL PRIMARY KEY,
      product_id INT UNSIGNED NOT NULL,
      takes_license TINYINT(1) NOT NULL,
      coupon_id INT UNSIGNED NULL,
      group_key ${group} NOT NULL,
      status ${ascii(16)} NOT NULL,
      stripe_session_id ${ascii(255)} NULL,
      expires_at ${instant} NOT NULL,
      created_at ${instant} NOT NULL,
      settled_at ${instant} NULL,
      UNIQUE KEY reservations_by_session (stripe_session_id),
      KEY reservations_by_status_and_expiry (status, expires_at),
      CONSTRAINT reservations_product FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT reservations_coupon FOREIGN KEY (coupon_id) REFERENCES coupons (id)
    ) ${tail}`,
  },
  {
    name: '0006_licenses',
    sql: `CREATE TABLE IF NOT EXISTS licenses (
      license_id ${ascii(66)} NOT NULL PRIMARY KEY,
      issuance_key ${ascii(300)} NOT NULL,
      group_key ${group} NOT NULL,
      group_name ${group} NOT NULL,
      email VARCHAR(254) NOT NULL,
      product_id INT UNSIGNED NULL,
      product_slug ${ascii(128)} NULL,
      product_key VARCHAR(128) NOT NULL,
      plan VARCHAR(128) NOT NULL,
      domain VARCHAR(255) NULL,
      kind ${ascii(16)} NOT NULL,
      seats INT UNSIGNED NULL,
      price_locked TINYINT(1) NOT NULL,
      coupon_code VARCHAR(64) NULL,
      issued_at ${instant} NOT NULL,
      expires_at ${instant} NOT NULL,
      maintenance_expires_at ${instant} NULL,
      revoked_at ${instant} NULL,
      revoked_reason VARCHAR(255) NULL,
      superseded_by ${ascii(66)} NULL,
      key_id ${ascii(64)} NOT NULL,
      license_text TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      identity VARCHAR(255) NULL,
      stripe_customer_id ${ascii(255)} NULL,
      stripe_checkout_session_id ${ascii(255)} NULL,
      stripe_subscription_id ${ascii(255)} NULL,
      stripe_invoice_id ${ascii(255)} NULL,
      stripe_payment_intent_id ${ascii(255)} NULL,
      updated_at ${instant} NOT NULL,
      UNIQUE KEY licenses_by_issuance_key (issuance_key),
      KEY licenses_by_group_newest_first (group_key, issued_at DESC, license_id DESC),
      KEY licenses_by_customer (stripe_customer_id),
      KEY licenses_by_subscription (stripe_subscription_id),
      KEY licenses_by_checkout_session (stripe_checkout_session_id),
      KEY licenses_by_payment_intent (stripe_payment_intent_id),
      CONSTRAINT licenses_product FOREIGN KEY (product_id) REFERENCES products (id)
    ) ${tail}`,
  },
  {
    name: '0007_payments',
    sql: `CREATE TABLE IF NOT EXISTS payments (
      payment_key ${ascii(300)} NOT NULL PRIMARY KEY,
      issuance_key ${ascii(300)} NOT NULL,
      paid_at ${instant} NOT NULL,
      captured_at ${instant} NULL,
      group_key ${group} NULL,
      group_name ${group} NULL,
      customer_name VARCHAR(255) NULL,
      customer_email VARCHAR(254) NULL,
      currency ${ascii(3)} NOT NULL,
      amount_subtotal_minor BIGINT NOT NULL,
      amount_tax_minor BIGINT NOT NULL,
      amount_total_minor BIGINT NOT NULL,
      stripe_product_id ${ascii(255)} NULL,
      stripe_invoice_id ${ascii(255)} NULL,
      stripe_payment_intent_id ${ascii(255)} NULL,
      stripe_customer_id ${ascii(255)} NULL,
      stripe_checkout_session_id ${ascii(255)} NULL,
      stripe_subscription_id ${ascii(255)} NULL,
      billing_address JSON NULL,
      created_at ${instant} NOT NULL,
      KEY payments_newest_first (paid_at DESC, payment_key DESC),
      KEY payments_by_group_newest_first (group_key, paid_at DESC, payment_key DESC),
      KEY payments_by_issuance_key (issuance_key),
      KEY payments_by_customer (stripe_customer_id)
    ) ${tail}`,
  },
  {
    name: '0008_stripe_events',
    sql: `CREATE TABLE IF NOT EXISTS stripe_events (
      event_id ${ascii(255)} NOT NULL PRIMARY KEY,
      type ${ascii(255)} NOT NULL,
      api_version ${ascii(64)} NULL,
      status ${ascii(16)} NOT NULL,
      reason VARCHAR(1000) NULL,
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      payload MEDIUMBLOB NOT NULL,
      received_at ${instant} NOT NULL,
      next_attempt_at ${instant} NULL,
      settled_at ${instant} NULL,
      KEY stripe_events_due (status, next_attempt_at)
    ) ${tail}`,
  },
  {
    name: '0009_outbox',
    sql: `CREATE TABLE IF NOT EXISTS outbox (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      message_id ${ascii(400)} NOT NULL,
      subject ${ascii(255)} NOT NULL,
      payload MEDIUMBLOB NOT NULL,
      created_at ${instant} NOT NULL,
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      lease_owner ${ascii(64)} NULL,
      leased_until ${instant} NULL,
      published_at ${instant} NULL,
      UNIQUE KEY outbox_by_message_id (message_id),
      KEY outbox_unpublished (published_at, id)
    ) ${tail}`,
  },
  {
    name: '0010_audit_log',
    sql: `CREATE TABLE IF NOT EXISTS audit_log (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      at ${instant} NOT NULL,
      actor VARCHAR(255) NOT NULL,
      action ${ascii(64)} NOT NULL,
      subject VARCHAR(300) NOT NULL,
      \`before\` JSON NULL,
      \`after\` JSON NULL,
      request_id VARCHAR(128) NULL,
      KEY audit_log_by_subject (subject, id)
    ) ${tail}`,
  },
  {
    // One row per group that ever had a trial; it outlives the license row, which a retention job may delete.
    name: '0011_trials',
    sql: `CREATE TABLE IF NOT EXISTS trials (
      group_key ${group} NOT NULL PRIMARY KEY,
      license_id ${ascii(66)} NOT NULL,
      product_key VARCHAR(128) NOT NULL,
      expires_at ${instant} NOT NULL,
      updated_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    // Rows to lock where a decision spans rows that may not exist yet.
    name: '0012_locks',
    sql: `CREATE TABLE IF NOT EXISTS locks (name ${ascii(128)} NOT NULL PRIMARY KEY) ${tail}`,
  },
  {
    // What Stripe said of an invoice and a payment intent, so that the next reader need not ask again.
    name: '0013_payment_details',
    sql: `CREATE TABLE IF NOT EXISTS payment_details (
      payment_key ${ascii(300)} NOT NULL PRIMARY KEY,
      invoice JSON NULL,
      payment_intent JSON NULL,
      fetched_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    name: '0014_licenses_by_group_and_plan',
    sql: 'CREATE INDEX licenses_by_group_and_plan_newest_first ON licenses (group_key, plan, issued_at DESC, license_id DESC)',
  },
  {
    name: '0015_payments_by_product',
    sql: 'CREATE INDEX payments_by_product_newest_first ON payments (stripe_product_id, paid_at DESC, payment_key DESC)',
  },
  {
    // The order of every report, and the name in it, so that a search by name counts without reading the rows.
    name: '0016_payments_newest_first_with_names',
    sql: 'CREATE INDEX payments_newest_first_with_names ON payments (paid_at DESC, payment_key DESC, customer_name)',
  },
  {
    name: '0017_payments_newest_first_superseded',
    sql: 'DROP INDEX payments_newest_first ON payments',
  },
  {
    // With every column that a report filters by: whether a payment is on a page is known without reading its row.
    name: '0018_payments_by_group_covering',
    sql: `CREATE INDEX payments_by_group_covering ON payments
      (group_key, paid_at DESC, payment_key DESC, stripe_product_id, customer_name)`,
  },
  {
    name: '0019_payments_by_group_superseded',
    sql: 'DROP INDEX payments_by_group_newest_first ON payments',
  },
  {
    name: '0020_payments_by_product_covering',
    sql: `CREATE INDEX payments_by_product_covering ON payments
      (stripe_product_id, paid_at DESC, payment_key DESC, group_key, customer_name)`,
  },
  {
    name: '0021_payments_by_product_superseded',
    sql: 'DROP INDEX payments_by_product_newest_first ON payments',
  },
  {
    // What Stripe says of a charge's refunds or of a dispute, as last seen; also of payments that we have not heard of yet.
    name: '0022_reversals',
    sql: `CREATE TABLE IF NOT EXISTS reversals (
      reversal_id ${ascii(255)} NOT NULL PRIMARY KEY,
      kind ${ascii(16)} NOT NULL,
      status ${ascii(16)} NOT NULL,
      amount_minor BIGINT NOT NULL,
      stripe_charge_id ${ascii(255)} NOT NULL,
      stripe_payment_intent_id ${ascii(255)} NULL,
      stripe_invoice_id ${ascii(255)} NULL,
      version INT UNSIGNED NOT NULL,
      updated_at ${instant} NOT NULL,
      KEY reversals_by_payment_intent (stripe_payment_intent_id),
      KEY reversals_by_invoice (stripe_invoice_id)
    ) ${tail}`,
  },
  {
    name: '0023_subscriptions',
    sql: `CREATE TABLE IF NOT EXISTS subscriptions (
      stripe_subscription_id ${ascii(255)} NOT NULL PRIMARY KEY,
      status ${ascii(32)} NOT NULL,
      cancel_at ${instant} NULL,
      ended_at ${instant} NULL,
      ended_reason ${ascii(64)} NULL,
      version INT UNSIGNED NOT NULL,
      updated_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    name: '0024_licenses_state',
    sql: `ALTER TABLE licenses
      ADD COLUMN admin_revoked_at ${instant} NULL,
      ADD COLUMN admin_revoked_note VARCHAR(255) NULL,
      ADD COLUMN disputed TINYINT(1) NOT NULL DEFAULT 0,
      ADD COLUMN takes_license TINYINT(1) NOT NULL DEFAULT 0,
      ADD COLUMN maintenance_included_until ${instant} NULL`,
  },
  {
    name: '0025_licenses_state_of_older_rows',
    sql: `UPDATE licenses LEFT JOIN products ON products.id = licenses.product_id
      SET maintenance_included_until = maintenance_expires_at,
        takes_license = (issuance_key NOT LIKE '%#%' AND products.id IS NOT NULL
          AND (kind IN ('one_off', 'perpetual') OR (kind = 'manual' AND products.type = 'one_off')))
      WHERE kind IN ('one_off', 'perpetual', 'manual')`,
  },
  {
    name: '0026_payments_reversed',
    sql: `ALTER TABLE payments
      ADD COLUMN amount_refunded_minor BIGINT NOT NULL DEFAULT 0,
      ADD COLUMN refunded_in_full TINYINT(1) NOT NULL DEFAULT 0,
      ADD COLUMN dispute_status ${ascii(16)} NULL,
      ADD COLUMN covers_until ${instant} NULL`,
  },
  {
    name: '0027_payments_by_payment_intent',
    sql: 'CREATE INDEX payments_by_payment_intent ON payments (stripe_payment_intent_id)',
  },
  {
    // Work that one instance does at a time, whoever it is; a crashed owner's lease runs out.
    name: '0028_leases',
    sql: `CREATE TABLE IF NOT EXISTS leases (
      name ${ascii(64)} NOT NULL PRIMARY KEY,
      owner ${ascii(64)} NOT NULL,
      expires_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    // The order in which `events list` shows them.
    name: '0029_stripe_events_newest_first',
    sql: 'CREATE INDEX stripe_events_newest_first ON stripe_events (status, received_at DESC, event_id DESC)',
  },
  {
    // Reconciliation looks for licenses of a window that have no payment.
    name: '0030_licenses_by_issue',
    sql: 'CREATE INDEX licenses_by_issue ON licenses (issued_at, license_id)',
  },
  {
    name: '0031_revocation_list',
    sql: `CREATE TABLE IF NOT EXISTS revocation_list (
      id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      number BIGINT UNSIGNED NOT NULL
    ) ${tail}`,
  },
  {
    name: '0032_licenses_revoked',
    sql: 'CREATE INDEX licenses_revoked ON licenses (revoked_at, expires_at)',
  },
  // Stripe's own limits: 512 characters of an e-mail address, 255 of an id, of which a key may name two; previews add words to an API version.
  {
    name: '0100_licenses_wide',
    sql: `ALTER TABLE licenses MODIFY COLUMN email VARCHAR(512) NOT NULL, MODIFY COLUMN issuance_key ${ascii(600)} NOT NULL`,
  },
  {
    name: '0101_payments_wide',
    sql: `ALTER TABLE payments MODIFY COLUMN customer_name VARCHAR(256) NULL, MODIFY COLUMN customer_email VARCHAR(512) NULL,
      MODIFY COLUMN issuance_key ${ascii(600)} NOT NULL, MODIFY COLUMN currency ${ascii(16)} NOT NULL`,
  },
  {
    name: '0102_stripe_events_wide',
    sql: `ALTER TABLE stripe_events MODIFY COLUMN api_version ${ascii(255)} NULL`,
  },
  {
    // Short-lived counters that all instances share, such as refused credentials by address.
    name: '0110_rate_limits',
    sql: `CREATE TABLE IF NOT EXISTS rate_limits (
      name ${ascii(160)} NOT NULL PRIMARY KEY,
      points INT NOT NULL,
      ends_at ${instant} NOT NULL,
      KEY rate_limits_by_end (ends_at)
    ) ${tail}`,
  },
  {
    // On what items and prices of the subscription a license was sold: what later invoices are compared with. Null for older licenses.
    name: '0120_licenses_sold_as',
    sql: 'ALTER TABLE licenses ADD COLUMN sold_as JSON NULL',
  },
  {
    // Instants at which a subscription stopped containing a license and its unused time was credited, by the invoice that says so.
    name: '0121_license_ends',
    sql: `CREATE TABLE IF NOT EXISTS license_ends (
      stripe_invoice_id ${ascii(255)} NOT NULL PRIMARY KEY,
      stripe_subscription_id ${ascii(255)} NOT NULL,
      ended_at ${instant} NOT NULL,
      created_at ${instant} NOT NULL,
      KEY license_ends_by_subscription (stripe_subscription_id)
    ) ${tail}`,
  },
  {
    // Announcements of licenses that were revoked when they were made; they go to the outbox should the license become good.
    name: '0122_withheld_announcements',
    sql: `CREATE TABLE IF NOT EXISTS withheld_announcements (
      license_id ${ascii(66)} NOT NULL PRIMARY KEY,
      message_id ${ascii(400)} NOT NULL,
      subject ${ascii(255)} NOT NULL,
      payload MEDIUMBLOB NOT NULL,
      created_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    // What was charged of a payment; null for older ones. Refunds of several charges are compared with it.
    name: '0123_payments_charged',
    sql: 'ALTER TABLE payments ADD COLUMN amount_charged_minor BIGINT NULL',
  },
  {
    // The first and the newest licenses of a subscription, without reading all between.
    name: '0124_licenses_by_subscription_and_issue',
    sql: 'CREATE INDEX licenses_by_subscription_and_issue ON licenses (stripe_subscription_id, issued_at, issuance_key)',
  },
  {
    // The checkout that offers a group its trial: decided when the session is made, by the unique key.
    name: '0125_trial_claims',
    sql: `CREATE TABLE IF NOT EXISTS trial_claims (
      group_key ${group} NOT NULL PRIMARY KEY,
      reservation_id ${ascii(66)} NOT NULL,
      claimed_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    // Which purchases of a subscription start within a time, without reading its other periods.
    name: '0130_licenses_by_subscription_and_start',
    sql: 'CREATE INDEX licenses_by_subscription_and_start ON licenses (stripe_subscription_id, issued_at, expires_at, issuance_key)',
  },
  {
    // And which last beyond an instant.
    name: '0131_licenses_by_subscription_and_end',
    sql: 'CREATE INDEX licenses_by_subscription_and_end ON licenses (stripe_subscription_id, expires_at, issued_at, issuance_key)',
  },
  {
    // What tells an order from another, who asked for it, and when its session was found paid: for giving the same session back, and for bounding open ones.
    name: '0132_reservations_order',
    sql: `ALTER TABLE reservations
      ADD COLUMN order_key ${ascii(64)} NULL,
      ADD COLUMN identity_key ${ascii(64)} NULL,
      ADD COLUMN session_completed_at ${instant} NULL`,
  },
  {
    name: '0133_reservations_by_group',
    sql: 'CREATE INDEX reservations_by_group ON reservations (group_key, status)',
  },
  {
    name: '0134_reservations_by_identity',
    sql: 'CREATE INDEX reservations_by_identity ON reservations (identity_key, status)',
  },
  {
    // Customers that Stripe refused, in one currency or ('') in any.
    name: '0135_refused_customers',
    sql: `CREATE TABLE IF NOT EXISTS refused_customers (
      stripe_customer_id ${ascii(255)} NOT NULL,
      currency ${ascii(3)} NOT NULL,
      refused_at ${instant} NOT NULL,
      PRIMARY KEY (stripe_customer_id, currency)
    ) ${tail}`,
  },
  {
    // When Stripe said that there was nothing to pay for a license, so that it is not asked again.
    name: '0136_licenses_free_since',
    sql: `ALTER TABLE licenses ADD COLUMN found_free_at ${instant} NULL`,
  },
  {
    // Raised by every change; what a sync found out is written down only for the state it was found out about.
    name: '0140_products_revision',
    sql: 'ALTER TABLE products ADD COLUMN revision INT UNSIGNED NOT NULL DEFAULT 0',
  },
  {
    name: '0141_coupons_revision',
    sql: 'ALTER TABLE coupons ADD COLUMN revision INT UNSIGNED NOT NULL DEFAULT 0',
  },
  {
    // The processor verifies what waits here as it verifies what comes by the stream; bytes that nobody vouches for are kept as evidence only.
    name: '0150_stripe_events_signature',
    sql: `ALTER TABLE stripe_events
      ADD COLUMN signature TEXT NULL,
      ADD COLUMN unverified TINYINT(1) NOT NULL DEFAULT 0`,
  },
  {
    // Sales that are paid once named no product, so that a report by product missed them: the license they brought does.
    name: '0160_payments_product_of_older_sales',
    sql: `UPDATE payments
      JOIN licenses ON licenses.issuance_key = payments.issuance_key
      JOIN products ON products.id = licenses.product_id
      SET payments.stripe_product_id = products.stripe_product_id
      WHERE payments.stripe_product_id IS NULL AND products.stripe_product_id IS NOT NULL`,
  },
  {
    name: '0161_payments_product_of_older_maintenance',
    sql: `UPDATE payments
      JOIN licenses ON licenses.license_id = SUBSTRING(payments.issuance_key, 13)
      JOIN products ON products.id = licenses.product_id
      SET payments.stripe_product_id = products.stripe_product_id
      WHERE payments.issuance_key LIKE 'maintenance:%' AND payments.stripe_product_id IS NULL AND products.stripe_product_id IS NOT NULL`,
  },
  {
    // Support finds a license by whatever the customer names, in whatever case.
    name: '0162_licenses_by_email',
    sql: 'CREATE INDEX licenses_by_email ON licenses ((LOWER(email)))',
  },
  {
    name: '0163_licenses_by_invoice',
    sql: 'CREATE INDEX licenses_by_invoice ON licenses (stripe_invoice_id)',
  },
  {
    // One mail for each license and reason: the unique key decides, whoever asks and however often. What waits has a next attempt, what is settled has none.
    name: '0170_notifications',
    sql: `CREATE TABLE IF NOT EXISTS notifications (
      notification_id ${ascii(66)} NOT NULL PRIMARY KEY,
      license_id ${ascii(66)} NOT NULL,
      reason ${ascii(96)} NOT NULL,
      recipient VARCHAR(512) NOT NULL,
      message_id ${ascii(300)} NOT NULL,
      state ${ascii(16)} NOT NULL,
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      maybe_twice INT UNSIGNED NOT NULL DEFAULT 0,
      next_attempt_at ${instant} NULL,
      lease_owner ${ascii(66)} NULL,
      last_error VARCHAR(512) NULL,
      created_at ${instant} NOT NULL,
      sent_at ${instant} NULL,
      UNIQUE KEY notifications_by_license_and_reason (license_id, reason),
      KEY notifications_due (next_attempt_at),
      KEY notifications_by_state (state, created_at, notification_id)
    ) ${tail}`,
  },
  {
    // One row: since when mail is sent. What was announced before nobody wants to hear of again.
    name: '0171_notifier_start',
    sql: `CREATE TABLE IF NOT EXISTS notifier_start (
      id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      started_at ${instant} NOT NULL
    ) ${tail}`,
  },
  {
    // Signed links are not stored; what is stored is until when those of a license count for nothing.
    name: '0172_license_link_revocations',
    sql: `CREATE TABLE IF NOT EXISTS license_link_revocations (
      license_id ${ascii(66)} NOT NULL PRIMARY KEY,
      revoked_at ${instant} NOT NULL
    ) ${tail}`,
  },
]
