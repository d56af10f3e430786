import { type Db, paymentReport, type payments, reading } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller, type Surface } from '@licenseoperator/domain'

export interface ReportDeps {
  readonly db: Db
  readonly requiredScopes: Partial<Record<Surface, boolean>>
}

/**
 * One page of captured payments, newest first.
 *
 * @param page  counts from 1
 * @throws DomainError `forbidden` or `insufficient_scope`
 */
export async function listPayments(
  deps: ReportDeps,
  caller: Caller,
  filter: payments.PaymentFilter,
  { page, pageSize }: { page: number; pageSize: number },
): Promise<{ items: paymentReport.ReportedPayment[]; total: number }> {
  assertSysadmin(caller)
  assertScope(caller, 'payments:read', deps.requiredScopes)
  return reading(() => paymentReport.list(deps.db, filter, { limit: pageSize, offset: (page - 1) * pageSize }))
}
