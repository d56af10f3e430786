import { products } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { paidPeriodOf, paymentOfInvoice, readInvoice } from '../payload/invoice.ts'
import { subscriptionIssuanceKey } from './issuance-key.ts'
import { issuePurchase } from './issue-purchase.ts'
import { type EventHandler, ignore } from './process-event.ts'
import { isForeign, PurchaseMetadata } from './purchase-metadata.ts'

/** Which invoices pay for a period, and what the license they bring is announced as. */
const reasons = {
  subscription_create: 'purchase',
  subscription_cycle: 'renewal',
} as const

/** A paid subscription invoice issues the license of its period: the first one together with the checkout session, later ones alone. */
export const issueFromInvoice: EventHandler = async (deps, event, arrived) => {
  const invoice = readInvoice(event.object)
  const reason = Object.entries(reasons).find(([billingReason]) => billingReason === invoice.billingReason)?.[1]
  if (reason === undefined) return ignore(deps, arrived, `invoice with billing reason ${invoice.billingReason ?? 'unknown'}`)
  const metadata = PurchaseMetadata.parse(invoice.metadata)
  if (
    isForeign(metadata) &&
    (invoice.priceId === undefined || (await products.findByReference(deps.db, invoice.priceId)) === undefined)
  ) {
    return ignore(deps, arrived, 'a subscription of another application')
  }
  if (!invoice.paid) return ignore(deps, arrived, 'the invoice is not paid')
  if (invoice.subscriptionId === undefined) {
    throw new DomainError('invalid_payload', 'invalid payload: the invoice names no subscription', { field: 'subscription' })
  }
  const period = paidPeriodOf(invoice)
  return issuePurchase(deps, arrived, {
    issuanceKey: subscriptionIssuanceKey(invoice.subscriptionId, period.start),
    metadata,
    reason,
    purchasedAt: period.start,
    period,
    email: invoice.email,
    priceId: invoice.priceId,
    links: {
      customerId: invoice.customerId,
      subscriptionId: invoice.subscriptionId,
      invoiceId: invoice.id,
      paymentIntentId: invoice.paymentIntentId,
    },
    payment: paymentOfInvoice(invoice),
  })
}
