import type { PaidPeriod } from '@licenseoperator/catalog'
import { licenses, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { type Invoice, type InvoiceLine, paidPeriodOf, paymentOfInvoice } from '@licenseoperator/stripe'
import { firstInvoiceOf, type SubscriptionFamily } from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'
import { type MaintenanceRenewal, unrenewable } from './renew-maintenance.ts'

/** How long a renewal waits for the event of its purchase. Then it is parked: stored with its reason, where waiting on would end with the stream. */
const RENEWAL_WAITS_MS = 60 * 60_000

/**
 * The line that pays for a further period of maintenance: on a price or product that the maintenance was sold on. An item can be switched to something else,
 * and others can stand beside it.
 *
 * @returns undefined when no line is for the maintenance, or it is over zero units
 */
export async function maintenanceLineOf(
  deps: Pick<ProcessDeps, 'stripe'>,
  invoice: Invoice,
  family: SubscriptionFamily | undefined,
): Promise<Pick<InvoiceLine, 'period'> | undefined> {
  // Nothing to compare with yet: the renewal waits for its purchase, and is read again then.
  if (family === undefined) return { period: paidPeriodOf(invoice) }
  const { subscriptionId } = invoice
  const recorded = family.first.soldAs
  const first =
    recorded === undefined && subscriptionId !== undefined ? await firstInvoiceOf(deps, subscriptionId, family) : undefined
  const sold = recorded ?? first?.lines.filter(({ kind }) => kind === 'period')
  if (sold === undefined) throw unrenewable('on what its maintenance was sold is not known')
  return invoice.lines.find(
    ({ kind, quantity, priceId, stripeProductId }) =>
      kind === 'period' &&
      quantity > 0 &&
      sold.some(
        (item) =>
          (priceId !== undefined && item.priceId === priceId) ||
          (stripeProductId !== undefined && item.stripeProductId === stripeProductId),
      ),
  )
}

/** A further period of automatic maintenance: it ends when the period does, whatever was paid before. @param receivedAt  when we first heard of it */
export function renewalOfInvoice(
  invoice: Invoice,
  subscriptionId: string,
  period: PaidPeriod,
  receivedAt: Date,
): MaintenanceRenewal {
  return {
    findLicenses: async ({ db, now }) => {
      const found = await reading(() => licenses.listPerpetualBySubscription(db, subscriptionId))
      if (found.length > 0) return found
      const waitedMs = now().getTime() - receivedAt.getTime()
      if (waitedMs > RENEWAL_WAITS_MS) throw unrenewable('no license of the subscription was issued')
      throw new DomainError('temporarily_unavailable', 'no license of the subscription is issued yet')
    },
    payment: {
      ...paymentOfInvoice(invoice),
      coversUntil: period.end,
      stripeInvoiceId: invoice.id,
      stripePaymentIntentId: invoice.paymentIntentId,
      stripeCustomerId: invoice.customerId,
      stripeCheckoutSessionId: undefined,
      stripeSubscriptionId: subscriptionId,
    },
  }
}
