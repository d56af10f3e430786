import { type Selectable, sql } from 'kysely'
import * as payments from './payments.ts'
import type { PaymentsTable, Reader } from './schema.ts'

/** What was sold, as the license says. */
export interface SoldLicense {
  readonly licenseId: string
  readonly productSlug: string | undefined
  readonly plan: string
}

/** A payment with what a report says beside its own record. */
export interface ReportedPayment extends payments.StoredPayment {
  /** Absent while the purchase is not served, and of payments without a license. */
  readonly license: SoldLicense | undefined
  /** What is left once refunds and lost disputes are taken off, in minor units. */
  readonly amountNetMinor: number
}

/** One page, newest first. */
export async function list(
  db: Reader,
  filter: payments.PaymentFilter,
  page: { limit: number; offset: number },
): Promise<{ items: ReportedPayment[]; total: number }> {
  const [rows, { total }] = await Promise.all([
    reportQuery(db, payments.pageQuery(db, filter, page)).execute(),
    payments.countQuery(db, filter).executeTakeFirstOrThrow(),
  ])
  return { items: inOrder(rows), total: Number(total) }
}

/** The next payments of a walk, newest first; as `payments.listAfter`. */
export async function listAfter(
  db: Reader,
  filter: payments.PaymentFilter,
  after: payments.PaymentCursor | undefined,
  limit: number,
): Promise<ReportedPayment[]> {
  return inOrder(await reportQuery(db, payments.walkQuery(db, filter, after, limit)).execute())
}

/**
 * One query, every part of it by a unique key or an index: a walk through a million rows that asked again for each batch would leave a multiple of it
 * in memory. A renewal of maintenance is about the license that its key names. Since basil an invoice does not name its payment intent: what Stripe said
 * when it was asked, or a refund or dispute told, stands in.
 *
 * @param keys  a page of them
 */
function reportQuery(db: Reader, keys: ReturnType<typeof payments.pageQuery>) {
  return payments
    .rowsQuery(db, keys)
    .leftJoin('licenses as sold', 'sold.issuance_key', 'payments.issuance_key')
    .leftJoin('licenses as maintained', (join) =>
      join.on(
        sql<boolean>`maintained.license_id = IF(payments.issuance_key LIKE 'maintenance:%', SUBSTRING(payments.issuance_key, 13), NULL)`,
      ),
    )
    .leftJoin('payment_details as details', 'details.payment_key', 'payments.payment_key')
    .select([
      sql<string | null>`COALESCE(sold.license_id, maintained.license_id)`.as('sold_license_id'),
      sql<string | null>`COALESCE(sold.product_slug, maintained.product_slug)`.as('sold_product_slug'),
      sql<string | null>`COALESCE(sold.plan, maintained.plan)`.as('sold_plan'),
      sql<string | null>`COALESCE(payments.stripe_payment_intent_id, details.payment_intent->>'$.id',
        (SELECT MAX(told.stripe_payment_intent_id) FROM reversals AS told WHERE told.stripe_invoice_id = payments.stripe_invoice_id))`.as(
        'known_intent',
      ),
      sql<string | null>`IF(payments.dispute_status = 'lost',
        (SELECT SUM(lost.amount_minor) FROM reversals AS lost WHERE lost.kind = 'dispute' AND lost.status = 'lost'
          AND (lost.stripe_payment_intent_id = payments.stripe_payment_intent_id OR lost.stripe_invoice_id = payments.stripe_invoice_id)),
        NULL)`.as('lost_minor'),
    ])
}

type ReportedRow = Selectable<PaymentsTable> & {
  sold_license_id: string | null
  sold_product_slug: string | null
  sold_plan: string | null
  known_intent: string | null
  lost_minor: string | number | null
}

/** MySQL promises no order of joined rows; a sort of its own for the few of a page would need a temporary table. */
function inOrder(rows: ReportedRow[]): ReportedPayment[] {
  const reported = rows.map(toReported)
  // What a walk has read is garbage at once and not with its promise.
  rows.length = 0
  return reported.sort(payments.newestFirstOrder)
}

function toReported(row: ReportedRow): ReportedPayment {
  const payment = payments.toPayment(row)
  return {
    ...payment,
    stripePaymentIntentId: row.known_intent ?? undefined,
    license:
      row.sold_license_id === null || row.sold_plan === null
        ? undefined
        : { licenseId: row.sold_license_id, productSlug: row.sold_product_slug ?? undefined, plan: row.sold_plan },
    amountNetMinor: netOf(payment, row.lost_minor === null ? undefined : Number(row.lost_minor)),
  }
}

/**
 * What is left of a payment.
 *
 * @param lostMinor  what its lost disputes took; undefined where nobody told the amount: then all that was left
 */
export function netOf(
  payment: Pick<payments.StoredPayment, 'amountTotalMinor' | 'amountRefundedMinor' | 'disputeStatus'>,
  lostMinor: number | undefined,
): number {
  const kept = Math.max(0, payment.amountTotalMinor - payment.amountRefundedMinor)
  const lost = payment.disputeStatus === 'lost' ? (lostMinor ?? kept) : 0
  return Math.max(0, kept - lost)
}
