import { withLease } from '@licenseoperator/db'
import { isDomainError } from '@licenseoperator/domain'
import { whyFailed } from '../failures/explain-failure.ts'
import type { ProcessDeps } from '../handling/event-handler.ts'
import { reconcile } from './reconcile.ts'

/** Who acts when the schedule does. */
const SCHEDULE = { identity: 'reconcile', email: undefined, roles: ['sysadmin'], groups: [], scopes: undefined }

/**
 * One run under the lease, cut short by the signal and when the lease is lost. What is away is tried again at the next time.
 *
 * @param minAgeMs  what happened less than this ago is left alone
 * @returns false when another instance is at it
 */
export async function reconcileOnce(
  deps: ProcessDeps,
  windowMs: number,
  onAgree: (agree: boolean) => void,
  signal?: AbortSignal,
  minAgeMs = 0,
): Promise<boolean> {
  try {
    const leased = await withLease(deps.db, 'reconcile', { waitMs: 0 }, (lost) =>
      reconcile(deps, SCHEDULE, {
        since: new Date(deps.now().getTime() - windowMs),
        dryRun: false,
        minAgeMs,
        signal: signal === undefined ? lost : AbortSignal.any([signal, lost]),
      }),
    )
    if (!leased.held) return false
    const { agree, events, purchases, licenses, parked, refused } = leased.value
    onAgree(agree)
    const facts = {
      events: events.found,
      missing: events.missing.length,
      repaired: events.repaired,
      parked: parked.length,
      refused,
      purchasesWithoutLicense: purchases.unserved.filter(({ repaired }) => !repaired).length,
      licensesWithoutPayment: licenses.unpaid.length,
    }
    if (agree) deps.log.info('reconciled with Stripe', facts)
    else deps.log.error("reconciled with Stripe: the books don't agree", facts)
  } catch (error) {
    if (signal?.aborted === true) return true
    if (isDomainError(error, 'temporarily_unavailable'))
      deps.log.warn('cannot reconcile with Stripe now, the next run will', { reason: whyFailed(error, deps.reach) })
    else deps.log.error('reconciliation failed', { reason: whyFailed(error, deps.reach) })
  }
  return true
}
