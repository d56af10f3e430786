import type { PaidPeriod } from '@licenseoperator/catalog'
import { licenses, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { type Invoice, paymentOfInvoice } from '../payload/invoice.ts'
import { type MaintenanceRenewal, unrenewable } from './renew-maintenance.ts'

/** How long a renewal waits for the event of its purchase. Then it is parked: stored with its reason, where waiting on would end with the stream. */
const PURCHASE_WITHIN_MS = 60 * 60_000

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
      if (waitedMs > PURCHASE_WITHIN_MS) throw unrenewable('no license of the subscription was issued')
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
