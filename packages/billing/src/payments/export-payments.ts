import { payments, reading } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller } from '@licenseoperator/domain'
import type { ReportDeps } from './list-payments.ts'

/** Rows that are in memory at once. */
const BATCH = 250

/**
 * All captured payments that match, newest first, a batch at a time. Each batch is a query of its own that starts where the last one ended: a slow
 * reader holds no connection, and one that goes away causes no further query. Payments that arrive meanwhile are newer and not in the walk.
 *
 * @throws DomainError `forbidden` or `insufficient_scope` at once; `temporarily_unavailable` while it is read
 */
export function exportPayments(
  deps: ReportDeps,
  caller: Caller,
  filter: payments.PaymentFilter,
): AsyncGenerator<payments.NewPayment[]> {
  assertSysadmin(caller)
  assertScope(caller, 'payments:export', deps.requiredScopes)
  return walk(deps, filter)
}

async function* walk({ db }: ReportDeps, filter: payments.PaymentFilter): AsyncGenerator<payments.NewPayment[]> {
  for (let last: payments.NewPayment | undefined; ; ) {
    const after = last
    const batch = await reading(() => payments.listAfter(db, filter, after, BATCH))
    if (batch.length > 0) yield batch
    if (batch.length < BATCH) return
    last = batch.at(-1)
  }
}
