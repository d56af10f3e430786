import { groupKey } from '@licenseoperator/domain'
import { sql } from 'kysely'
import { licenseColumns } from './columns.ts'
import { isAscii } from './is-ascii.ts'
import { type LicenseState, type NewLicense, type StoredLicense, type StripeLinks, toLicense, toRow } from './license-rows.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import { countsSince } from './refused-customers.ts'
import type { Reader, Tx } from './schema.ts'

export {
  type LicenseKind,
  type LicenseState,
  type NewLicense,
  type SoldItem,
  type StoredLicense,
  type StripeLinks,
  toLicense,
} from './license-rows.ts'

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
