import { groupKey } from '@licenseoperator/domain'
import { sql } from 'kysely'
import { licenseColumns } from './columns.ts'
import { isAscii } from './is-ascii.ts'
import { type StoredLicense, toLicense } from './licenses.ts'
import { issuanceKeysOf } from './payments.ts'
import type { Reader } from './schema.ts'

/** What is known of a license that is looked for; all that is given must fit. Without anything every license fits. */
export interface LicenseFilter {
  readonly group?: string | undefined
  readonly plan?: string | undefined
  /** Whole, in whatever case. */
  readonly email?: string | undefined
  /** How the license id begins. */
  readonly licenseId?: string | undefined
  readonly customerId?: string | undefined
  readonly checkoutSessionId?: string | undefined
  /** Of any payment for the license, renewals of its maintenance included; so is `invoiceId`. */
  readonly paymentIntentId?: string | undefined
  readonly invoiceId?: string | undefined
  readonly subscriptionId?: string | undefined
}

/** One page, newest first. */
export async function search(
  db: Reader,
  filter: LicenseFilter,
  page: { limit: number; offset: number },
): Promise<{ items: StoredLicense[]; total: number }> {
  const { paymentIntentId, invoiceId } = filter
  const paid = {
    byIntent: paymentIntentId === undefined ? [] : await issuanceKeysOf(db, { paymentIntentId: asId(paymentIntentId) }),
    byInvoice: invoiceId === undefined ? [] : await issuanceKeysOf(db, { invoiceId: asId(invoiceId) }),
  }
  const [rows, { total }] = await Promise.all([
    searchQuery(db, filter, paid)
      .select(licenseColumns)
      .orderBy('issued_at', 'desc')
      .orderBy('license_id', 'desc')
      .limit(page.limit)
      .offset(page.offset)
      .execute(),
    searchQuery(db, filter, paid)
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow(),
  ])
  return { items: rows.map(toLicense), total: Number(total) }
}

/** Issuance keys of what was paid under a payment intent and under an invoice. */
interface Paid {
  readonly byIntent: readonly string[]
  readonly byInvoice: readonly string[]
}

/** Exported so that a test can have MySQL explain exactly what runs. */
function searchQuery(db: Reader, filter: LicenseFilter, { byIntent, byInvoice }: Paid) {
  const { group, plan, email, licenseId, customerId, checkoutSessionId, paymentIntentId, invoiceId, subscriptionId } = filter
  let query = db.selectFrom('licenses')
  if (group !== undefined) query = query.where('group_key', '=', groupKey(group))
  if (plan !== undefined) query = query.where('plan', '=', plan.toLowerCase())
  if (email !== undefined) query = query.where(sql<boolean>`LOWER(email) = ${email.toLowerCase()}`)
  if (licenseId !== undefined) query = query.where('license_id', 'like', `${asId(licenseId).replaceAll(/[\\%_]/g, '\\$&')}%`)
  if (customerId !== undefined) query = query.where('stripe_customer_id', '=', asId(customerId))
  if (checkoutSessionId !== undefined) query = query.where('stripe_checkout_session_id', '=', asId(checkoutSessionId))
  if (subscriptionId !== undefined) query = query.where('stripe_subscription_id', '=', asId(subscriptionId))
  if (paymentIntentId !== undefined) query = query.where(linkedOrPaid('stripe_payment_intent_id', paymentIntentId, byIntent))
  if (invoiceId !== undefined) query = query.where(linkedOrPaid('stripe_invoice_id', invoiceId, byInvoice))
  return query
}

/** A license knows the payment that made it; later ones are known by what they paid for. */
function linkedOrPaid(column: 'stripe_payment_intent_id' | 'stripe_invoice_id', id: string, paidFor: readonly string[]) {
  const renewed = paidFor.flatMap((key) => /^maintenance:(?<id>.+)$/.exec(key)?.groups?.id ?? [])
  return sql<boolean>`(${sql.ref(column)} = ${asId(id)}
    OR issuance_key IN (${sql.join(['', ...paidFor])}) OR license_id IN (${sql.join(['', ...renewed])}))`
}

/** Ids are ASCII and none is empty: other text names nothing, and MySQL would refuse to compare it. */
function asId(text: string): string {
  return isAscii(text) ? text : ''
}
