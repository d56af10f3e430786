import { paymentReport, type payments, reading } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller } from '@licenseoperator/domain'
import type { ReportDeps } from './list-payments.ts'

/** Rows that are in memory at once. */
const BATCH = 100

/**
 * All captured payments that match, newest first, a batch at a time. Each batch is a query of its own that starts where the last one ended: a slow
 * reader holds no connection, and one that goes away causes no further query. Payments that arrive meanwhile are newer and not in the walk.
 *
 * A batch is the caller's until the next one is asked for; then it is emptied.
 *
 * @throws DomainError `forbidden` or `insufficient_scope` at once; `temporarily_unavailable` while it is read
 */
export function exportPayments(
  deps: ReportDeps,
  caller: Caller,
  filter: payments.PaymentFilter,
): AsyncGenerator<paymentReport.ReportedPayment[]> {
  assertSysadmin(caller)
  assertScope(caller, 'payments:export', deps.requiredScopes)
  return walk(deps, filter)
}

async function* walk({ db }: ReportDeps, filter: payments.PaymentFilter): AsyncGenerator<paymentReport.ReportedPayment[]> {
  for (let last: payments.PaymentCursor | undefined; ; ) {
    const after = last
    const batch = await reading(() => paymentReport.listAfter(db, filter, after, BATCH))
    const isLast = batch.length < BATCH
    const end = batch.at(-1)
    last = end && { paidAt: end.paidAt, paymentKey: end.paymentKey }
    if (batch.length > 0) yield batch
    // The promises of a long walk form a chain that reaches the old generation, and whatever it still refers to follows it there: emptied, a
    // batch dies young, and a million rows leave no more behind than a thousand.
    batch.length = 0
    if (isLast) return
  }
}
