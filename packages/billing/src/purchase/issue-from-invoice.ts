import { licenses, products, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { planChangeIssuanceKey } from '@licenseoperator/licensing'
import { renewMaintenance } from '../maintenance/renew-maintenance.ts'
import { renewalOfInvoice } from '../maintenance/renewal-of-invoice.ts'
import { paidPeriodOf, paymentOfInvoice } from '../payload/invoice.ts'
import { readWholeInvoice } from '../payload/read-whole-invoice.ts'
import { entitlementOf } from './entitlement-of.ts'
import { type EventHandler, ignore, type ProcessDeps } from './event-handler.ts'
import { subscriptionIssuanceKey } from './issuance-key.ts'
import { issuePurchase } from './issue-purchase.ts'
import { isForeign, PurchaseMetadata } from './purchase-metadata.ts'

/** Which invoices pay for a period, and what the license they bring is announced as. */
const reasons = {
  subscription_create: 'purchase',
  subscription_cycle: 'renewal',
  subscription_update: 'renewal',
} as const

/**
 * A paid subscription invoice issues the license of its period: the first one together with the checkout session, later ones alone. One for a change of
 * plan or quantity issues a license for the rest of the period, which supersedes the old one; also when nothing was left to pay, as after a downgrade.
 */
export const issueFromInvoice: EventHandler = async (deps, event, arrived) => {
  const invoice = await readWholeInvoice(deps.stripe, event.object)
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
  const isChange = invoice.billingReason === 'subscription_update'
  const isForMaintenance = reason === 'renewal' && (await paysMaintenance(deps, metadata, invoice.subscriptionId))
  if (isChange && (isForMaintenance || invoice.period === undefined))
    return ignore(deps, arrived, 'a change of the subscription that changes no license')
  const period = paidPeriodOf(invoice)
  if (isForMaintenance)
    return renewMaintenance(deps, arrived, renewalOfInvoice(invoice, invoice.subscriptionId, period, arrived.receivedAt))
  return issuePurchase(deps, arrived, {
    issuanceKey: isChange
      ? planChangeIssuanceKey(invoice.subscriptionId, invoice.id)
      : subscriptionIssuanceKey(invoice.subscriptionId, period.start),
    metadata: reason === 'purchase' ? metadata : await entitlementOf(deps, metadata, invoice),
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

/** Metadata can be edited at Stripe: where it no longer says what was bought, the license that the subscription brought does. */
async function paysMaintenance(deps: ProcessDeps, metadata: PurchaseMetadata, subscriptionId: string): Promise<boolean> {
  if (metadata.license_mode !== undefined) return metadata.license_mode === 'perpetual_auto'
  return (await reading(() => licenses.listPerpetualBySubscription(deps.db, subscriptionId))).length > 0
}
