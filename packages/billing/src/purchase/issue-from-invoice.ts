import { inTransaction, licenseEnds, stripeEvents } from '@licenseoperator/db'
import { lockPurchase, settleLicenses } from '@licenseoperator/licensing'
import { renewMaintenance } from '../maintenance/renew-maintenance.ts'
import { readWholeInvoice } from '../payload/read-whole-invoice.ts'
import { type EventHandler, type EventOutcome, ignore, PROCESSOR, type ProcessDeps } from './event-handler.ts'
import { issuePurchase } from './issue-purchase.ts'
import { readPaidInvoice } from './read-paid-invoice.ts'

export { type PaidInvoice, readPaidInvoice } from './read-paid-invoice.ts'

/**
 * A paid subscription invoice issues the license of its period: the first one together with the checkout session, later ones alone. One for a change of
 * plan or quantity issues a license for the rest of the period, which supersedes the old one; also when nothing was left to pay, as after a downgrade. One
 * that only gives a license's unused time back ends it.
 */
export const issueFromInvoice: EventHandler = async (deps, event, arrived) => {
  const paid = await readPaidInvoice(deps, await readWholeInvoice(deps.stripe, event.object), arrived.receivedAt)
  if (paid.asksFor === 'nothing')
    return paid.ends === undefined ? ignore(deps, arrived, paid.why) : endLicense(deps, arrived, paid.ends)
  return paid.asksFor === 'maintenance'
    ? renewMaintenance(deps, arrived, paid.renewal)
    : issuePurchase(deps, arrived, paid.purchase)
}

async function endLicense(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  end: licenseEnds.LicenseEnd,
): Promise<EventOutcome> {
  const { subscriptionId } = end
  const now = deps.now()
  const settled = await inTransaction(deps.db, async (tx) => {
    await lockPurchase(tx, subscriptionId)
    if (!(await stripeEvents.settle(tx, arrived, 'processed', now))) return false
    await licenseEnds.record(tx, end, now)
    await settleLicenses(tx, { subscriptionId }, { policy: deps.policy, actor: PROCESSOR, now })
    return true
  })
  return { kind: settled ? 'processed' : 'already', eventId: arrived.eventId }
}
