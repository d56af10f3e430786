import { groupKey } from '@licenseoperator/domain'
import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { licenseColumns } from './columns.ts'
import { isAscii } from './is-ascii.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import { countsSince } from './refused-customers.ts'
import type { LicensesTable, Reader, Tx } from './schema.ts'

export type LicenseKind = LicensesTable['kind']

/** A license as it is stored. `text` is exactly what the customer downloads. */
export interface StoredLicense {
  readonly licenseId: string
  /** Names the one purchase, period or act that this license came from. Unique. */
  readonly issuanceKey: string
  readonly groupName: string
  readonly email: string
  readonly productId: number | undefined
  readonly productSlug: string | undefined
  readonly productKey: string
  readonly plan: string
  readonly domain: string | undefined
  readonly kind: LicenseKind
  readonly seats: number | undefined
  readonly priceLocked: boolean
  readonly couponCode: string | undefined
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly maintenanceExpiresAt: Date | undefined
  readonly state: LicenseState
  /** Until when maintenance lasts without any renewal. */
  readonly maintenanceIncludedUntil: Date | undefined
  /** True while it counts towards its product's cap. */
  readonly takesLicense: boolean
  readonly keyId: string
  readonly text: string
  readonly identity: string | undefined
  readonly stripe: StripeLinks
  /** On what its subscription sold it; undefined for what no subscription paid for and for licenses of older releases. */
  readonly soldAs?: readonly SoldItem[] | undefined
}

/** One item of a subscription as a license was sold on it: what later invoices are compared with. */
const SoldItem = z.object({
  itemId: z.string().optional(),
  priceId: z.string().optional(),
  stripeProductId: z.string().optional(),
  quantity: z.int().nonnegative(),
})
export type SoldItem = z.infer<typeof SoldItem>

/** What became of a license: the result of everything that is known of its purchase, and the operator's own decision. */
export interface LicenseState {
  readonly revokedAt: Date | undefined
  /** A short code, see license-state.ts in packages/licensing. */
  readonly revokedReason: string | undefined
  readonly supersededBy: string | undefined
  /** A dispute over its payment is open. */
  readonly disputed: boolean
  /** An operator revoked it; `revokedAt` follows from this. */
  readonly adminRevokedAt: Date | undefined
  readonly adminRevokedNote: string | undefined
}

/** Stripe's names for where a license came from. */
export interface StripeLinks {
  readonly customerId?: string | undefined
  readonly checkoutSessionId?: string | undefined
  readonly subscriptionId?: string | undefined
  readonly invoiceId?: string | undefined
  readonly paymentIntentId?: string | undefined
}

export type NewLicense = Omit<StoredLicense, 'state' | 'maintenanceIncludedUntil' | 'takesLicense'>

/** Stores a license; false when one with this issuance key exists already: the purchase has been served. */
export async function insert(tx: Tx, license: NewLicense): Promise<boolean> {
  try {
    await tx.insertInto('licenses').values(toRow(license)).execute()
    return true
  } catch (error) {
    if (isDuplicateEntry(error)) return false
    throw error
  }
}

export async function findById(db: Reader, licenseId: string): Promise<StoredLicense | undefined> {
  if (!isAscii(licenseId)) return undefined
  const row = await db.selectFrom('licenses').select(licenseColumns).where('license_id', '=', licenseId).executeTakeFirst()
  return row && toLicense(row)
}

export async function findByIssuanceKey(db: Reader, issuanceKey: string): Promise<StoredLicense | undefined> {
  const row = await db.selectFrom('licenses').select(licenseColumns).where('issuance_key', '=', issuanceKey).executeTakeFirst()
  return row && toLicense(row)
}

/**
 * Adds to a license what the second of two events of one purchase knows and the first did not (the session knows its id, the invoice its
 * own). Only fills what is empty.
 */
export async function fillStripeLinks(tx: Tx, issuanceKey: string, links: StripeLinks): Promise<void> {
  const known = {
    ...(links.customerId === undefined ? {} : { stripe_customer_id: links.customerId }),
    ...(links.checkoutSessionId === undefined ? {} : { stripe_checkout_session_id: links.checkoutSessionId }),
    ...(links.subscriptionId === undefined ? {} : { stripe_subscription_id: links.subscriptionId }),
    ...(links.invoiceId === undefined ? {} : { stripe_invoice_id: links.invoiceId }),
    ...(links.paymentIntentId === undefined ? {} : { stripe_payment_intent_id: links.paymentIntentId }),
  }
  if (Object.keys(known).length === 0) return
  await tx
    .updateTable('licenses')
    .set((eb) => ({
      stripe_customer_id: eb.fn.coalesce('stripe_customer_id', eb.val(known.stripe_customer_id ?? null)),
      stripe_checkout_session_id: eb.fn.coalesce('stripe_checkout_session_id', eb.val(known.stripe_checkout_session_id ?? null)),
      stripe_subscription_id: eb.fn.coalesce('stripe_subscription_id', eb.val(known.stripe_subscription_id ?? null)),
      stripe_invoice_id: eb.fn.coalesce('stripe_invoice_id', eb.val(known.stripe_invoice_id ?? null)),
      stripe_payment_intent_id: eb.fn.coalesce('stripe_payment_intent_id', eb.val(known.stripe_payment_intent_id ?? null)),
    }))
    .where((eb) => eb.or([eb('issuance_key', '=', issuanceKey), eb('issuance_key', 'like', `${escapeLike(issuanceKey)}#%`)]))
    .execute()
}

/**
 * The newest license that already gives a group what is asked for: not a trial, not revoked, not expired.
 *
 * @param wanted  `expiresAt` and `seats` only count where they are given
 */
export async function findUsable(
  db: Reader,
  wanted: Pick<StoredLicense, 'productKey' | 'plan' | 'domain' | 'seats'> & { group: string; expiresAt: Date | undefined },
  now: Date,
): Promise<StoredLicense | undefined> {
  let query = db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('group_key', '=', groupKey(wanted.group))
    .where('plan', '=', wanted.plan)
    .where('product_key', '=', wanted.productKey)
    .where('kind', '!=', 'trial')
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
  query = wanted.domain === undefined ? query.where('domain', 'is', null) : query.where('domain', '=', wanted.domain)
  if (wanted.expiresAt !== undefined) query = query.where('expires_at', '=', wanted.expiresAt)
  if (wanted.seats !== undefined) query = query.where('seats', '=', wanted.seats)
  const row = await query.orderBy('issued_at', 'desc').orderBy('license_id', 'desc').executeTakeFirst()
  return row && toLicense(row)
}

/** One page of a group's licenses, newest first: trials, expired and revoked ones included. */
export async function listByGroup(
  db: Reader,
  query: { group: string; plan?: string | undefined; limit: number; offset: number },
): Promise<{ items: StoredLicense[]; total: number }> {
  const [rows, { total }] = await Promise.all([
    groupPageQuery(db, query).execute(),
    groupCountQuery(db, query).executeTakeFirstOrThrow(),
  ])
  return { items: rows.map(toLicense), total: Number(total) }
}

// The queries themselves, so that a test can have MySQL explain exactly what runs.

interface GroupQuery {
  readonly group: string
  readonly plan?: string | undefined
}

export function groupPageQuery(db: Reader, query: GroupQuery & { limit: number; offset: number }) {
  return ofGroup(db, query)
    .select(licenseColumns)
    .orderBy('issued_at', 'desc')
    .orderBy('license_id', 'desc')
    .limit(query.limit)
    .offset(query.offset)
}

export function groupCountQuery(db: Reader, query: GroupQuery) {
  return ofGroup(db, query).select((eb) => eb.fn.countAll<number>().as('total'))
}

function ofGroup(db: Reader, { group, plan }: GroupQuery) {
  const matching = db.selectFrom('licenses').where('group_key', '=', groupKey(group))
  return plan === undefined ? matching : matching.where('plan', '=', plan)
}

/** As `findById`, and keeps others from changing it until the transaction ends. */
export async function findByIdForUpdate(tx: Tx, licenseId: string): Promise<StoredLicense | undefined> {
  const row = await tx
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('license_id', '=', licenseId)
    .forUpdate()
    .executeTakeFirst()
  return row && toLicense(row)
}

/** A license that a checkout session paid for; of a bundle any one. */
export async function findByCheckoutSession(db: Reader, sessionId: string): Promise<StoredLicense | undefined> {
  if (!isAscii(sessionId)) return undefined
  const row = await db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('stripe_checkout_session_id', '=', sessionId)
    .orderBy('license_id')
    .executeTakeFirst()
  return row && toLicense(row)
}

/** All licenses that a checkout session paid for; of a bundle its own first. Few: a bundle is bounded. */
export async function listByCheckoutSession(db: Reader, sessionId: string): Promise<StoredLicense[]> {
  if (!isAscii(sessionId)) return []
  const rows = await db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('stripe_checkout_session_id', '=', sessionId)
    .orderBy('issuance_key')
    .execute()
  return rows.map(toLicense)
}

/** A license that an invoice paid for; of a bundle any one. */
export async function findByInvoice(db: Reader, invoiceId: string): Promise<StoredLicense | undefined> {
  const row = await db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('stripe_invoice_id', '=', invoiceId)
    .limit(1)
    .executeTakeFirst()
  return row && toLicense(row)
}

/** The perpetual licenses whose maintenance a subscription pays: one, or all of a bundle, the bundle's own first. */
export async function listPerpetualBySubscription(db: Reader, subscriptionId: string): Promise<StoredLicense[]> {
  const rows = await db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('stripe_subscription_id', '=', subscriptionId)
    .where('kind', '=', 'perpetual')
    .orderBy('issuance_key')
    .execute()
  return rows.map(toLicense)
}

/** Keys of the groups that a Stripe customer bought licenses for. */
export async function groupKeysOfCustomer(db: Reader, customerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('licenses')
    .select('group_key')
    .distinct()
    .where('stripe_customer_id', '=', customerId)
    .limit(1000)
    .execute()
  return rows.map((row) => row.group_key)
}

/** Replaces the text of a license that keeps its id: a new signature over a later end of maintenance. */
export async function resign(
  tx: Tx,
  license: Pick<NewLicense, 'licenseId' | 'keyId' | 'text' | 'maintenanceExpiresAt'>,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('licenses')
    .set({
      key_id: license.keyId,
      license_text: license.text,
      maintenance_expires_at: license.maintenanceExpiresAt ?? null,
      updated_at: now,
    })
    .where('license_id', '=', license.licenseId)
    .execute()
}

/** All licenses of one purchase: the one under its issuance key and, of a bundle, its parts. In the order they were made. */
export async function listByPurchase(db: Reader, issuanceKey: string): Promise<StoredLicense[]> {
  const rows = await db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where((eb) => eb.or([eb('issuance_key', '=', issuanceKey), eb('issuance_key', 'like', `${escapeLike(issuanceKey)}#%`)]))
    .orderBy('issuance_key')
    .execute()
  return rows.map(toLicense)
}

/** A license that a subscription paid for; any one. */
export async function findOneOfSubscription(db: Reader, subscriptionId: string): Promise<StoredLicense | undefined> {
  const row = await db
    .selectFrom('licenses')
    .select(licenseColumns)
    .where('stripe_subscription_id', '=', subscriptionId)
    .limit(1)
    .executeTakeFirst()
  return row && toLicense(row)
}

/** The licenses that speak for a subscription: its first and its newest, without the parts of bundles. Flat however long it runs. */
export async function endsOfSubscription(
  db: Reader,
  subscriptionId: string,
): Promise<{ first: StoredLicense; newest: StoredLicense[] } | undefined> {
  const ofSubscription = db
    .selectFrom('licenses')
    .modifyFront(inOrderOfIssue)
    .select(licenseColumns)
    .where('stripe_subscription_id', '=', subscriptionId)
    // True of all: only in a range are parts told by the index itself, and not by their rows.
    .where('issued_at', '>', new Date(0))
    .where('issuance_key', 'not like', '%#%')
  const first = await ofSubscription.orderBy('issued_at').orderBy('issuance_key').limit(1).executeTakeFirst()
  if (first === undefined) return undefined
  const newest = await ofSubscription.orderBy('issued_at', 'desc').orderBy('issuance_key', 'desc').limit(NEWEST).execute()
  return { first: toLicense(first), newest: newest.map(toLicense) }
}

/**
 * The index that keeps the order. As long as MySQL's statistics say that there are few licenses, which they may do long after there are many, it rather reads
 * and sorts them all.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/optimizer-hints.html#optimizer-hints-index-level
 */
const inOrderOfIssue = sql`/*+ INDEX(licenses licenses_by_subscription_and_issue) */`

/** Enough to know on what a subscription sells now, and sold before its last changes. */
const NEWEST = 5

/**
 * The license of a subscription that was in force at an instant, without the parts of bundles: of several the one that started last.
 *
 * @param exceptKey  issuance key of the purchase that asks what it changes
 */
export async function findInForce(
  db: Reader,
  subscriptionId: string,
  at: Date,
  exceptKey: string,
): Promise<StoredLicense | undefined> {
  const row = await db
    .selectFrom('licenses')
    .modifyFront(inOrderOfIssue)
    .select(licenseColumns)
    .where('stripe_subscription_id', '=', subscriptionId)
    .where('issued_at', '<=', at)
    .where('expires_at', '>', at)
    .where('issuance_key', '!=', exceptKey)
    .where('issuance_key', 'not like', '%#%')
    .orderBy('issued_at', 'desc')
    .orderBy('issuance_key', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && toLicense(row)
}

/**
 * Whether a subscription of the group started as a trial before subscriptions' trials were recorded in `trials`: rows of that time don't tell what they were
 * sold as. One with a coupon, or of a product that costs nothing, had nothing to pay for another reason.
 */
export async function hadFreeStart(db: Reader, group: string): Promise<boolean> {
  const row = await db
    .selectFrom('licenses')
    .select('license_id')
    .where('group_key', '=', groupKey(group))
    .where('kind', '=', 'subscription')
    .where('sold_as', 'is', null)
    .where('coupon_code', 'is', null)
    .where('issuance_key', 'not like', '%#%')
    .where('issuance_key', 'not like', '%:change:%')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('products')
            .select('products.id')
            .whereRef('products.id', '=', 'licenses.product_id')
            .where('products.pricing_mode', '=', 'fixed')
            .where('products.unit_amount_minor', '=', 0),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('payments').select('payment_key').whereRef('payments.issuance_key', '=', 'licenses.issuance_key'))),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Writes what became of a license. */
export async function setState(
  tx: Tx,
  licenseId: string,
  state: Pick<LicenseState, 'revokedAt' | 'revokedReason' | 'supersededBy' | 'disputed'>,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('licenses')
    .set({
      revoked_at: state.revokedAt ?? null,
      revoked_reason: state.revokedReason ?? null,
      superseded_by: state.supersededBy ?? null,
      disputed: state.disputed,
      updated_at: now,
    })
    .where('license_id', '=', licenseId)
    .execute()
}

/** Records that an operator revoked the license, or took that back (`undefined`). Its state is to be derived anew afterwards. */
export async function setAdminRevocation(
  tx: Tx,
  licenseId: string,
  revocation: { at: Date; note: string } | undefined,
): Promise<void> {
  await tx
    .updateTable('licenses')
    .set({ admin_revoked_at: revocation?.at ?? null, admin_revoked_note: revocation?.note ?? null })
    .where('license_id', '=', licenseId)
    .execute()
}

/** Notes whether the license counts towards its product's cap; the counter itself is the product's. */
export async function setTakesLicense(tx: Tx, licenseId: string, takesLicense: boolean): Promise<void> {
  await tx.updateTable('licenses').set({ takes_license: takesLicense }).where('license_id', '=', licenseId).execute()
}

/**
 * The Stripe customer of the group's newest purchase that Stripe has not refused since.
 *
 * @param currency  of what is going to be bought, lower case: a customer can be refused in one
 */
export async function findCustomerOfGroup(
  db: Reader,
  group: string,
  currency?: string,
  now = new Date(),
): Promise<string | undefined> {
  const row = await db
    .selectFrom('licenses')
    .select('stripe_customer_id')
    .where('group_key', '=', groupKey(group))
    .where('stripe_customer_id', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refused_customers')
            .select('currency')
            .whereRef('refused_customers.stripe_customer_id', '=', 'licenses.stripe_customer_id')
            .where((eb) =>
              eb.or([
                ...(currency === undefined ? [] : [eb('currency', '=', currency)]),
                eb.and([eb('currency', '=', ''), eb('refused_at', '>', countsSince(now))]),
              ]),
            ),
        ),
      ),
    )
    .orderBy('issued_at', 'desc')
    .orderBy('license_id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.stripe_customer_id ?? undefined
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)
}

/** A row as the rest of the program knows it. */
export function toLicense(row: Selectable<LicensesTable>): StoredLicense {
  return {
    licenseId: row.license_id,
    issuanceKey: row.issuance_key,
    groupName: row.group_name,
    email: row.email,
    productId: row.product_id ?? undefined,
    productSlug: row.product_slug ?? undefined,
    productKey: row.product_key,
    plan: row.plan,
    domain: row.domain ?? undefined,
    kind: row.kind,
    seats: row.seats ?? undefined,
    priceLocked: row.price_locked === 1,
    couponCode: row.coupon_code ?? undefined,
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    maintenanceExpiresAt: row.maintenance_expires_at ?? undefined,
    state: {
      revokedAt: row.revoked_at ?? undefined,
      revokedReason: row.revoked_reason ?? undefined,
      supersededBy: row.superseded_by ?? undefined,
      disputed: row.disputed === 1,
      adminRevokedAt: row.admin_revoked_at ?? undefined,
      adminRevokedNote: row.admin_revoked_note ?? undefined,
    },
    maintenanceIncludedUntil: row.maintenance_included_until ?? undefined,
    takesLicense: row.takes_license === 1,
    keyId: row.key_id,
    text: row.license_text,
    identity: row.identity ?? undefined,
    stripe: {
      customerId: row.stripe_customer_id ?? undefined,
      checkoutSessionId: row.stripe_checkout_session_id ?? undefined,
      subscriptionId: row.stripe_subscription_id ?? undefined,
      invoiceId: row.stripe_invoice_id ?? undefined,
      paymentIntentId: row.stripe_payment_intent_id ?? undefined,
    },
    ...(row.sold_as === null ? {} : { soldAs: z.array(SoldItem).parse(row.sold_as) }),
  }
}

function toRow(license: NewLicense) {
  return {
    license_id: license.licenseId,
    issuance_key: license.issuanceKey,
    group_key: groupKey(license.groupName),
    group_name: license.groupName,
    email: license.email,
    product_id: license.productId ?? null,
    product_slug: license.productSlug ?? null,
    product_key: license.productKey,
    plan: license.plan,
    domain: license.domain ?? null,
    kind: license.kind,
    seats: license.seats ?? null,
    price_locked: license.priceLocked,
    coupon_code: license.couponCode ?? null,
    issued_at: license.issuedAt,
    expires_at: license.expiresAt,
    maintenance_expires_at: license.maintenanceExpiresAt ?? null,
    revoked_at: null,
    revoked_reason: null,
    superseded_by: null,
    maintenance_included_until: license.maintenanceExpiresAt ?? null,
    key_id: license.keyId,
    license_text: license.text,
    identity: license.identity ?? null,
    stripe_customer_id: license.stripe.customerId ?? null,
    stripe_checkout_session_id: license.stripe.checkoutSessionId ?? null,
    stripe_subscription_id: license.stripe.subscriptionId ?? null,
    stripe_invoice_id: license.stripe.invoiceId ?? null,
    stripe_payment_intent_id: license.stripe.paymentIntentId ?? null,
    sold_as: license.soldAs === undefined ? null : JSON.stringify(license.soldAs),
    updated_at: license.issuedAt,
  }
}
