import { type DisputeStatus, groupKey, paymentKeyOfInvoice, shown } from '@licenseoperator/domain'
import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { of, paymentColumns } from './columns.ts'
import { isAscii } from './is-ascii.ts'
import type { PaymentsTable, Reader, Tx } from './schema.ts'
import { toJson } from './to-json.ts'

/** A captured payment. Amounts in the currency's minor unit as Stripe counts it. */
export interface NewPayment {
  /** Stripe's name for the payment (`invoice:in_…`, `checkout:cs_…`). Unique, so that an event that repeats records nothing twice. */
  readonly paymentKey: string
  readonly issuanceKey: string
  readonly paidAt: Date
  readonly capturedAt: Date | undefined
  readonly groupName: string | undefined
  readonly customerName: string | undefined
  readonly customerEmail: string | undefined
  readonly currency: string
  readonly amountSubtotalMinor: number
  readonly amountTaxMinor: number
  readonly amountTotalMinor: number
  readonly stripeProductId: string | undefined
  readonly stripeInvoiceId: string | undefined
  readonly stripePaymentIntentId: string | undefined
  readonly stripeCustomerId: string | undefined
  readonly stripeCheckoutSessionId: string | undefined
  readonly stripeSubscriptionId: string | undefined
  readonly billingAddress: BillingAddress | undefined
  /** End of the period it is for; absent for what is paid once. */
  readonly coversUntil?: Date | undefined
  /** What was charged: less than the total where a credit paid the rest. Absent for payments of older releases. */
  readonly amountChargedMinor?: number | undefined
}

/** A payment and what became of its money. */
export interface StoredPayment extends NewPayment {
  readonly amountRefundedMinor: number
  /** As Stripe says: what was charged can be less than the total, where a credit paid the rest. */
  readonly refundedInFull: boolean
  /** Absent when it was never disputed. */
  readonly disputeStatus: DisputeStatus | undefined
}

export interface BillingAddress {
  readonly line1?: string | undefined
  readonly line2?: string | undefined
  readonly city?: string | undefined
  readonly state?: string | undefined
  readonly postalCode?: string | undefined
  readonly country?: string | undefined
}

/** Characters of the columns: both are only shown, so what is longer is cut. */
const CUSTOMER_NAME = 256
const CUSTOMER_EMAIL = 512

function optionally(value: string | undefined, written: (value: string) => string): string | null {
  return value === undefined ? null : written(value)
}

/**
 * Records a payment once. The second event of a purchase fills in what the first could not know; amounts of the first stay.
 */
export async function record(tx: Tx, payment: NewPayment, now: Date): Promise<void> {
  const row = {
    payment_key: payment.paymentKey,
    issuance_key: payment.issuanceKey,
    paid_at: payment.paidAt,
    captured_at: payment.capturedAt ?? null,
    group_key: payment.groupName === undefined ? null : groupKey(payment.groupName),
    group_name: payment.groupName ?? null,
    // Reports find a name by its words joined with one space each.
    customer_name: optionally(payment.customerName, (name) => shown(name.trim().replaceAll(/\s+/g, ' '), CUSTOMER_NAME)),
    customer_email: optionally(payment.customerEmail, (email) => shown(email, CUSTOMER_EMAIL)),
    currency: payment.currency,
    amount_subtotal_minor: payment.amountSubtotalMinor,
    amount_tax_minor: payment.amountTaxMinor,
    amount_total_minor: payment.amountTotalMinor,
    stripe_product_id: payment.stripeProductId ?? null,
    stripe_invoice_id: payment.stripeInvoiceId ?? null,
    stripe_payment_intent_id: payment.stripePaymentIntentId ?? null,
    stripe_customer_id: payment.stripeCustomerId ?? null,
    stripe_checkout_session_id: payment.stripeCheckoutSessionId ?? null,
    stripe_subscription_id: payment.stripeSubscriptionId ?? null,
    billing_address: payment.billingAddress === undefined ? null : toJson(payment.billingAddress),
    covers_until: payment.coversUntil ?? null,
    amount_charged_minor: payment.amountChargedMinor ?? null,
    created_at: now,
  }
  await tx
    .insertInto('payments')
    .values(row)
    .onDuplicateKeyUpdate((eb) => ({
      customer_name: eb.fn.coalesce('customer_name', eb.val(row.customer_name)),
      customer_email: eb.fn.coalesce('customer_email', eb.val(row.customer_email)),
      stripe_payment_intent_id: eb.fn.coalesce('stripe_payment_intent_id', eb.val(row.stripe_payment_intent_id)),
      stripe_checkout_session_id: eb.fn.coalesce('stripe_checkout_session_id', eb.val(row.stripe_checkout_session_id)),
      billing_address: sql<string | null>`COALESCE(billing_address, ${row.billing_address})`,
      covers_until: eb.fn.coalesce('covers_until', eb.val(row.covers_until)),
      amount_charged_minor: eb.fn.coalesce('amount_charged_minor', eb.val(row.amount_charged_minor)),
    }))
    .execute()
  if (payment.stripeProductId === undefined) await fillProduct(tx, payment)
}

/**
 * A session that is paid once names no product: the license that it brought does, and the license whose maintenance was paid. A report by product would
 * miss the payment otherwise. Migrations 0160 and 0161 are the same for older rows.
 */
async function fillProduct(tx: Tx, { paymentKey, issuanceKey }: NewPayment): Promise<void> {
  const renewed = /^maintenance:(?<licenseId>.+)$/.exec(issuanceKey)?.groups?.licenseId
  const isOfPayment = renewed === undefined ? sql`licenses.issuance_key = ${issuanceKey}` : sql`licenses.license_id = ${renewed}`
  await sql`UPDATE payments JOIN licenses ON ${isOfPayment} JOIN products ON products.id = licenses.product_id
    SET payments.stripe_product_id = products.stripe_product_id
    WHERE payments.payment_key = ${paymentKey} AND payments.stripe_product_id IS NULL`.execute(tx)
}

/** Notes the payment intent behind a payment, once somebody learned of it. */
export async function fillPaymentIntent(tx: Tx, paymentKey: string, paymentIntentId: string): Promise<void> {
  await tx
    .updateTable('payments')
    .set({ stripe_payment_intent_id: paymentIntentId })
    .where('payment_key', '=', paymentKey)
    .where('stripe_payment_intent_id', 'is', null)
    .execute()
}

/** What the payments under a payment intent or invoice paid for: issuance keys. */
export async function issuanceKeysOf(
  db: Reader,
  { paymentIntentId, invoiceId }: { paymentIntentId?: string | undefined; invoiceId?: string | undefined },
): Promise<string[]> {
  const rows = await db
    .selectFrom('payments')
    .select('issuance_key')
    .distinct()
    .where((eb) =>
      // No payment intent and no payment key is empty.
      eb.or([
        eb('stripe_payment_intent_id', '=', paymentIntentId ?? ''),
        eb('payment_key', '=', paymentKeyOfInvoice(invoiceId ?? '')),
      ]),
    )
    .limit(100)
    .execute()
  return rows.map((row) => row.issuance_key)
}

const StoredAddress = z
  .object({
    line1: z.string().optional(),
    line2: z.string().optional(),
    city: z.string().optional(),
    state: z.string().optional(),
    postalCode: z.string().optional(),
    country: z.string().optional(),
  })
  .optional()

/** Which payments a report is about. Bounds are inclusive. */
export interface PaymentFilter {
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** Exact. */
  readonly stripeProductId?: string | undefined
  /** In whatever spelling. */
  readonly group?: string | undefined
  /** Part of the customer's name, in whatever case. */
  readonly name?: string | undefined
}

/** Where a walk through all payments goes on: behind this one. */
export type PaymentCursor = Pick<NewPayment, 'paidAt' | 'paymentKey'>

/** One page, newest first. */
export async function list(
  db: Reader,
  filter: PaymentFilter,
  page: { limit: number; offset: number },
): Promise<{ items: StoredPayment[]; total: number }> {
  const [items, { total }] = await Promise.all([
    readInOrder(rowsQuery(db, pageQuery(db, filter, page))),
    countQuery(db, filter).executeTakeFirstOrThrow(),
  ])
  return { items, total: Number(total) }
}

/** The next payments of a walk, newest first. A walk by key costs the same at the end as at the start, and holds nothing in between. */
export async function listAfter(
  db: Reader,
  filter: PaymentFilter,
  after: PaymentCursor | undefined,
  limit: number,
): Promise<StoredPayment[]> {
  return readInOrder(rowsQuery(db, walkQuery(db, filter, after, limit)))
}

/** MySQL promises no order of joined rows; a sort of its own for the few of a page would need a temporary table. */
async function readInOrder(query: { execute(): Promise<Selectable<PaymentsTable>[]> }): Promise<StoredPayment[]> {
  return (await query.execute()).map(toPayment).sort(newestFirstOrder)
}

/** The order of every report. */
export function newestFirstOrder(a: PaymentCursor, b: PaymentCursor): number {
  return b.paidAt.getTime() - a.paidAt.getTime() || (a.paymentKey < b.paymentKey ? 1 : -1)
}

/** Every payment of one purchase or period, or for a license's maintenance, oldest first: an end is computed from all of them. */
export async function listByIssuanceKey(db: Reader, issuanceKey: string): Promise<StoredPayment[]> {
  const rows = await db
    .selectFrom('payments')
    .select(paymentColumns)
    .where('issuance_key', '=', issuanceKey)
    .orderBy('paid_at')
    .orderBy('payment_key')
    .execute()
  return rows.map(toPayment)
}

/** The payments of several purchases, in the order they were made. */
export async function listByIssuanceKeys(db: Reader, issuanceKeys: readonly string[]): Promise<StoredPayment[]> {
  if (issuanceKeys.length === 0) return []
  const rows = await db
    .selectFrom('payments')
    .select(paymentColumns)
    .where('issuance_key', 'in', issuanceKeys)
    .orderBy('paid_at')
    .orderBy('payment_key')
    .execute()
  return rows.map(toPayment)
}

/** The payment that a charge was made for, by the names that a charge has for it. */
export async function findByStripe(
  db: Reader,
  { paymentIntentId, invoiceId }: { paymentIntentId: string | undefined; invoiceId: string | undefined },
): Promise<StoredPayment | undefined> {
  // Two look-ups by key: asked for either name at once and the first in order, MySQL walks the table.
  const byIntent =
    paymentIntentId === undefined
      ? []
      : await db.selectFrom('payments').select(paymentColumns).where('stripe_payment_intent_id', '=', paymentIntentId).execute()
  const found = byIntent.map(toPayment)
  const ofInvoice = invoiceId === undefined ? undefined : await find(db, paymentKeyOfInvoice(invoiceId))
  if (ofInvoice !== undefined) found.push(ofInvoice)
  return found.sort((a, b) => (a.paymentKey < b.paymentKey ? -1 : 1))[0]
}

/** Writes what became of a payment's money. */
export async function setReversed(
  tx: Tx,
  paymentKey: string,
  reversed: Pick<StoredPayment, 'amountRefundedMinor' | 'refundedInFull' | 'disputeStatus'>,
): Promise<void> {
  await tx
    .updateTable('payments')
    .set({
      amount_refunded_minor: reversed.amountRefundedMinor,
      refunded_in_full: reversed.refundedInFull,
      dispute_status: reversed.disputeStatus ?? null,
    })
    .where('payment_key', '=', paymentKey)
    .execute()
}

export async function find(db: Reader, paymentKey: string): Promise<StoredPayment | undefined> {
  const row = await db.selectFrom('payments').select(paymentColumns).where('payment_key', '=', paymentKey).executeTakeFirst()
  return row && toPayment(row)
}

export async function isRecorded(db: Reader, paymentKey: string): Promise<boolean> {
  const row = await db.selectFrom('payments').select('payment_key').where('payment_key', '=', paymentKey).executeTakeFirst()
  return row !== undefined
}

/** Keys of the groups that a Stripe customer paid for. */
export async function groupKeysOfCustomer(db: Reader, customerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('payments')
    .select('group_key')
    .distinct()
    .where('stripe_customer_id', '=', customerId)
    .where('group_key', 'is not', null)
    .limit(1000)
    .execute()
  return rows.flatMap((row) => row.group_key ?? [])
}

// The queries themselves, so that a test can have MySQL explain exactly what runs. Which payments are on a page is decided within an index
// that has every column of the filter; only those payments are then read. Reading each row that a filter or an offset skips takes seconds, and
// asked for whole rows MySQL now and then prefers the whole table.

export function pageQuery(db: Reader, filter: PaymentFilter, page: { limit: number; offset: number }) {
  return newestFirst(matching(db, filter).select('payment_key')).limit(page.limit).offset(page.offset)
}

/** @param keys  a page of them; without a LIMIT MySQL would not find them first */
export function rowsQuery(db: Reader, keys: ReturnType<typeof pageQuery>) {
  return db
    .selectFrom(keys.as('page'))
    .innerJoin('payments', 'payments.payment_key', 'page.payment_key')
    .select(of('payments', paymentColumns))
}

export function countQuery(db: Reader, filter: PaymentFilter) {
  return matching(db, filter).select((eb) => eb.fn.countAll<number>().as('total'))
}

export function walkQuery(db: Reader, filter: PaymentFilter, after: PaymentCursor | undefined, limit: number) {
  let query = matching(db, filter).select('payment_key')
  if (after !== undefined) {
    const { paidAt, paymentKey } = after
    // The first condition is implied by the second; it is what lets MySQL start inside the index.
    query = query
      .where('paid_at', '<=', paidAt)
      .where((eb) =>
        eb.or([eb('paid_at', '<', paidAt), eb.and([eb('paid_at', '=', paidAt), eb('payment_key', '<', paymentKey)])]),
      )
  }
  return newestFirst(query).limit(limit)
}

function matching(db: Reader, filter: PaymentFilter) {
  let query = db.selectFrom('payments')
  if (filter.from !== undefined) query = query.where('paid_at', '>=', filter.from)
  if (filter.to !== undefined) query = query.where('paid_at', '<=', filter.to)
  if (filter.group !== undefined) query = query.where('group_key', '=', groupKey(filter.group))
  // No product has an empty id.
  if (filter.stripeProductId !== undefined)
    query = query.where('stripe_product_id', '=', isAscii(filter.stripeProductId) ? filter.stripeProductId : '')
  if (filter.name !== undefined) {
    const pattern = `%${filter.name.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`
    query = query.where(sql<boolean>`customer_name COLLATE utf8mb4_0900_as_ci LIKE ${pattern}`)
  }
  return query
}

function newestFirst<Q extends { orderBy(column: 'paid_at' | 'payment_key', direction: 'desc'): Q }>(query: Q): Q {
  return query.orderBy('paid_at', 'desc').orderBy('payment_key', 'desc')
}

/** A row as the rest of the program knows it. */
export function toPayment(row: Selectable<PaymentsTable>): StoredPayment {
  return {
    paymentKey: row.payment_key,
    issuanceKey: row.issuance_key,
    paidAt: row.paid_at,
    capturedAt: row.captured_at ?? undefined,
    groupName: row.group_name ?? undefined,
    customerName: row.customer_name ?? undefined,
    customerEmail: row.customer_email ?? undefined,
    currency: row.currency,
    amountSubtotalMinor: row.amount_subtotal_minor,
    amountTaxMinor: row.amount_tax_minor,
    amountTotalMinor: row.amount_total_minor,
    stripeProductId: row.stripe_product_id ?? undefined,
    stripeInvoiceId: row.stripe_invoice_id ?? undefined,
    stripePaymentIntentId: row.stripe_payment_intent_id ?? undefined,
    stripeCustomerId: row.stripe_customer_id ?? undefined,
    stripeCheckoutSessionId: row.stripe_checkout_session_id ?? undefined,
    stripeSubscriptionId: row.stripe_subscription_id ?? undefined,
    billingAddress: StoredAddress.parse(row.billing_address ?? undefined),
    coversUntil: row.covers_until ?? undefined,
    amountChargedMinor: row.amount_charged_minor ?? undefined,
    amountRefundedMinor: row.amount_refunded_minor,
    refundedInFull: row.refunded_in_full === 1,
    disputeStatus: row.dispute_status ?? undefined,
  }
}
