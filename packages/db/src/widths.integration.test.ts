import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction, licenses, payments } from './index.ts'
import { createTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const stripeId = {
  atLeast: 255,
  from: "Stripe's ids: at most 255 characters of ASCII (billing, payload/id-of.ts `StripeId`; catalog, product-request.ts)",
}
const ours = { atLeast: 0, from: 'words of ours' }
const group = { atLeast: 255, from: 'groups and their keys (domain, group.ts `assertGroup`): refused when longer' }
const issuanceKey = {
  atLeast: 530,
  from: '`subscription:ID:change:ID#N` is the longest (licensing, supersession.ts): two ids of Stripe and the number of a part',
}
const paymentKey = { atLeast: 264, from: '`invoice:ID` and `checkout:ID`' }
const licenseId = { atLeast: 66, from: 'domain, ids.ts `LicenseId`' }
const productKey = {
  atLeast: 128,
  from: 'catalog, request-fields.ts `lowerCased`; licensing, prepare-license.ts; config, product-schema.ts',
}

/** Every text column, what writes to it, and what that may bring. A column that no line is about fails the test: say what writes to it and what bounds that. */
const rules: readonly (readonly [RegExp, { atLeast: number; from: string }])[] = [
  [/\.stripe_\w+_id$|^reversals\.reversal_id$|^stripe_events\.event_id$/, stripeId],
  [/\.(group_key|group_name)$/, group],
  [/\.issuance_key$/, issuanceKey],
  [/\.payment_key$/, paymentKey],
  [/\.license_id$|\.superseded_by$/, licenseId],
  [/\.product_key$|\.plan$/, productKey],
  [
    /^audit_log\.actor$/,
    { atLeast: 255, from: 'identity claims (http, token-verifier.ts): refused when longer; `cli:USER`, cut' },
  ],
  [/^audit_log\.subject$/, { atLeast: 261, from: '`event:ID` is the longest' }],
  [/^audit_log\.request_id$/, { atLeast: 64, from: 'http, request-id.ts: longer ones are replaced' }],
  [
    /^coupons\.code$|^coupons\.(live_)?code_key$|\.coupon_code$/,
    { atLeast: 64, from: 'catalog, coupon-request.ts: refused when longer, also in lower case' },
  ],
  [/^licenses\.email$/, { atLeast: 512, from: 'bodies and claims of at most 254; Stripe: 512' }],
  [/^payments\.customer_email$/, { atLeast: 512, from: 'Stripe: 512; cut' }],
  [/^payments\.customer_name$/, { atLeast: 256, from: 'Stripe: 256; cut' }],
  [/^payments\.currency$/, { atLeast: 4, from: 'Stripe: three letters, or the name of a stablecoin' }],
  [/^refused_customers\.currency$/, { atLeast: 3, from: "the product's currency" }],
  [/^reservations\.(order_key|identity_key)$/, { atLeast: 64, from: 'SHA-256 in hexadecimal (billing, checkout)' }],
  [/^rate_limits\.name$/, { atLeast: 120, from: 'http, rate-limit.ts: what is counted, with an address or a digest' }],
  [/^(products|prices)\.currency$/, { atLeast: 3, from: 'catalog, request-fields.ts `Currency`' }],
  [/\.(product_slug|slug)$/, { atLeast: 128, from: 'catalog, product-request.ts' }],
  [/\.(active_)?lookup_key$/, { atLeast: 200, from: 'catalog, product-request.ts; Stripe: 200' }],
  [/^products\.name$/, { atLeast: 255, from: 'catalog, product-request.ts' }],
  [/^products\.description$/, { atLeast: 4 * 4096, from: 'catalog, product-request.ts: 4096 characters' }],
  [/^licenses\.domain$/, { atLeast: 255, from: 'bodies of at most 253; licensing, prepare-license.ts' }],
  [/^licenses\.identity$/, { atLeast: 255, from: 'identity claims; metadata: refused when longer' }],
  [/^licenses\.key_id$/, { atLeast: 64, from: 'SHA-256 in hexadecimal' }],
  [/^licenses\.license_text$/, { atLeast: 65_535, from: 'what signing makes of the columns above: under 8 KiB' }],
  [/^licenses\.admin_revoked_note$/, { atLeast: 255, from: '`--reason`: refused when longer' }],
  [/^stripe_events\.type$/, { atLeast: 255, from: 'billing, payload/stripe-event.ts: refused when longer' }],
  [/^stripe_events\.api_version$/, { atLeast: 255, from: 'Stripe: a date, a name and any number of previews; cut' }],
  [
    /^stripe_events\.signature$/,
    { atLeast: 65_535, from: 'the `Stripe-Signature` header: a Node server takes 16 KiB of headers (http, serve-gracefully.ts)' },
  ],
  [/^stripe_events\.reason$/, { atLeast: 1000, from: 'sentences of ours with words of Stripe; cut' }],
  [/^subscriptions\.(status|ended_reason)$/, { atLeast: 32, from: 'words of Stripe; cut' }],
  [
    /^(reservations|trial_claims)\.reservation_id$/,
    { atLeast: 28, from: '`R-` and a ULID; what metadata names else is not found' },
  ],
  [/^(outbox|withheld_announcements)\.message_id$/, { atLeast: 348, from: 'subject, license id and end of maintenance' }],
  [/^notifications\.notification_id$/, { atLeast: 28, from: '`N-` and a ULID' }],
  [/^notifications\.reason$/, { atLeast: 36, from: 'mail, mail-reason.ts: `maintenance:` and an instant, `resend:` and an id' }],
  [/^notifications\.recipient$/, { atLeast: 512, from: "the license's e-mail address" }],
  [
    /^notifications\.message_id$/,
    { atLeast: 285, from: "mail, queue-notification.ts: an id and the sender's domain of at most 252" },
  ],
  [/^notifications\.last_error$/, { atLeast: 512, from: "an SMTP server's words; cut" }],
  [/^(outbox|withheld_announcements)\.subject$/, { atLeast: 255, from: 'configuration' }],
  [/^locks\.name$/, { atLeast: 70, from: 'a family and a digest' }],
  [
    /^(leases\.(name|owner)|(outbox|notifications)\.lease_owner|schema_migrations\.\w+|audit_log\.action|licenses\.revoked_reason)$/,
    ours,
  ],
  [/\.(behavior|type|kind|status|state|pricing_mode|billing_interval|dispute_status)$/, ours],
]

test('every text column holds what may be written to it', async () => {
  const { rows } = await sql<{ name: string; length: number }>`
    SELECT CONCAT(table_name, '.', column_name) AS name, character_maximum_length AS length FROM information_schema.columns
    WHERE table_schema = DATABASE() AND character_maximum_length IS NOT NULL AND data_type NOT LIKE '%blob'`.execute(database.db)
  expect(rows.length).toBeGreaterThan(80)
  const about = rows.map(({ name, length }) => ({ name, length: Number(length), rule: rules.find(([of]) => of.test(name))?.[1] }))
  expect(about.filter(({ rule }) => rule === undefined).map(({ name }) => name)).toEqual([])
  expect(about.filter(({ length, rule }) => length < (rule?.atLeast ?? 0)).map(({ name }) => name)).toEqual([])
})

test('the widest license and payment are stored and read back', async () => {
  const wide = (prefix: string) => prefix.padEnd(255, 'x')
  const now = new Date('2026-11-25T00:00:00Z')
  const issuanceKey = `subscription:${wide('sub_')}:change:${wide('in_')}#1000`
  const license: licenses.NewLicense = {
    licenseId: `L-${'1'.repeat(64)}`,
    issuanceKey,
    groupName: '🚀'.repeat(255),
    email: `${'é'.repeat(500)}@acme.test.x`,
    productId: undefined,
    productSlug: 's'.repeat(128),
    productKey: 'k'.repeat(128),
    plan: 'ü'.repeat(128),
    domain: 'd'.repeat(255),
    kind: 'subscription',
    seats: 4_294_967_295,
    priceLocked: false,
    couponCode: 'ö'.repeat(64),
    issuedAt: now,
    expiresAt: now,
    maintenanceExpiresAt: undefined,
    keyId: 'f'.repeat(64),
    text: 't'.repeat(8000),
    identity: 'ı'.repeat(255),
    stripe: {
      customerId: wide('cus_'),
      checkoutSessionId: wide('cs_'),
      subscriptionId: wide('sub_'),
      invoiceId: wide('in_'),
      paymentIntentId: wide('pi_'),
    },
  }
  const payment: payments.NewPayment = {
    paymentKey: `invoice:${wide('in_')}`,
    issuanceKey,
    paidAt: now,
    capturedAt: now,
    groupName: license.groupName,
    customerName: '東'.repeat(256),
    customerEmail: license.email,
    currency: 'usdc',
    amountSubtotalMinor: Number.MAX_SAFE_INTEGER,
    amountTaxMinor: 0,
    amountTotalMinor: Number.MAX_SAFE_INTEGER,
    stripeProductId: wide('prod_'),
    stripeInvoiceId: wide('in_'),
    stripePaymentIntentId: wide('pi_'),
    stripeCustomerId: wide('cus_'),
    stripeCheckoutSessionId: wide('cs_'),
    stripeSubscriptionId: wide('sub_'),
    billingAddress: { line1: 'l'.repeat(10_000), country: 'JP' },
  }
  await inTransaction(database.db, async (tx) => {
    expect(await licenses.insert(tx, license)).toBe(true)
    await payments.record(tx, payment, now)
  })
  expect(await licenses.findByIssuanceKey(database.db, issuanceKey)).toMatchObject(license)
  expect(await payments.listByIssuanceKey(database.db, issuanceKey)).toMatchObject([payment])
})
