import { inTransaction, licenseEnds, stripeEvents } from '@licenseoperator/db'
import { deriveLicenses, lockPurchase } from '@licenseoperator/licensing'
import { readWholeInvoice } from '@licenseoperator/stripe'
import { type EventHandler, type EventOutcome, ignore, PROCESSOR, type ProcessDeps } from '../handling/event-handler.ts'
import { renewMaintenance } from '../maintenance/renew-maintenance.ts'
import { issuePurchase } from './issue-purchase.ts'
import { notePaymentIntent } from './note-payment-intent.ts'
import { readPaidInvoice } from './read-paid-invoice.ts'

export { type PaidInvoice, readPaidInvoice } from './read-paid-invoice.ts'

/**
 * A paid subscription invoice issues the license of its period: the first one together with the checkout session, later ones alone. One for a change of
 * plan or quantity issues a license for the rest of the period, which supersedes the old one; also when nothing was left to pay, as after a downgrade. One
 * that only gives a license's unused time back ends it.
 */
export const issueFromInvoice: EventHandler = async (deps, event, arrived) => {
  const invoice = await readWholeInvoice(deps.stripe, event.object)
  const paid = await readPaidInvoice(deps, invoice, arrived.receivedAt)
  if (paid.asksFor === 'nothing')
    return paid.ends === undefined ? ignore(deps, arrived, paid.why) : endLicense(deps, arrived, paid.ends)
  const outcome =
    paid.asksFor === 'maintenance'
      ? await renewMaintenance(deps, arrived, paid.renewal)
      : await issuePurchase(deps, arrived, paid.purchase)
  // A checkout of ours has an event of its own, which tells its payment intent.
  const hasCheckout = paid.asksFor === 'license' && paid.purchase.reason === 'purchase' && paid.purchase.metadata.reservation_id
  if (!hasCheckout) await notePaymentIntent(deps, invoice)
  return outcome
}

async function endLicense(
  deps: ProcessDeps,
  arrived: stripeEvents.ArrivedEvent,
  end: licenseEnds.LicenseEnd,
): Promise<EventOutcome> {
  const { subscriptionId, endedAt } = end
  const now = deps.now()
  const isNew = await inTransaction(deps.db, async (tx) => {
    await lockPurchase(tx, subscriptionId)
    if (!(await stripeEvents.markAs(tx, arrived, 'processed', now))) return false
    await licenseEnds.record(tx, end, now)
    await deriveLicenses(tx, { subscriptionId, endedAt }, { policy: deps.policy, actor: PROCESSOR, now })
    return true
  })
  return { kind: isNew ? 'processed' : 'already', eventId: arrived.eventId }
}
