import { licenses, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { planChangeIssuanceKey } from '@licenseoperator/licensing'
import { type MaintenanceRenewal, renewMaintenance } from '../maintenance/renew-maintenance.ts'
import { renewalOfInvoice } from '../maintenance/renewal-of-invoice.ts'
import { type Invoice, paidPeriodOf, paymentOfInvoice } from '../payload/invoice.ts'
import { readWholeInvoice } from '../payload/read-whole-invoice.ts'
import { entitlementOf } from './entitlement-of.ts'
import { type EventHandler, ignore, type ProcessDeps } from './event-handler.ts'
import { subscriptionIssuanceKey } from './issuance-key.ts'
import { issuePurchase, type PaidPurchase } from './issue-purchase.ts'
import { isForeignInvoice, productBought, seenFromOurLine } from './our-line.ts'
import { PurchaseMetadata } from './purchase-metadata.ts'

/** Which invoices pay for a period, and what the license they bring is announced as. */
const reasons = {
  subscription_create: 'purchase',
  subscription_cycle: 'renewal',
  subscription_update: 'renewal',
} as const

/** What a paid invoice asks for. */
export type PaidInvoice =
  | { readonly asksFor: 'nothing'; readonly why: string }
  | { readonly asksFor: 'maintenance'; readonly renewal: MaintenanceRenewal }
  | { readonly asksFor: 'license'; readonly purchase: PaidPurchase }

/**
 * A paid subscription invoice issues the license of its period: the first one together with the checkout session, later ones alone. One for a change of
 * plan or quantity issues a license for the rest of the period, which supersedes the old one; also when nothing was left to pay, as after a downgrade.
 */
export const issueFromInvoice: EventHandler = async (deps, event, arrived) => {
  const paid = await readPaidInvoice(deps, await readWholeInvoice(deps.stripe, event.object), arrived.receivedAt)
  if (paid.asksFor === 'nothing') return ignore(deps, arrived, paid.why)
  return paid.asksFor === 'maintenance'
    ? renewMaintenance(deps, arrived, paid.renewal)
    : issuePurchase(deps, arrived, paid.purchase)
}

/**
 * @param receivedAt  when we first heard of it: a renewal waits for its purchase, but not for ever
 * @throws DomainError `invalid_payload` for what nobody can serve, `temporarily_unavailable` when MySQL is away; ZodError for metadata that cannot be read
 */
export async function readPaidInvoice(deps: ProcessDeps, invoice: Invoice, receivedAt: Date): Promise<PaidInvoice> {
  const reason = Object.entries(reasons).find(([billingReason]) => billingReason === invoice.billingReason)?.[1]
  if (reason === undefined) return nothing(`invoice with billing reason ${invoice.billingReason ?? 'unknown'}`)
  if (await isForeignInvoice(deps, invoice)) return nothing('a subscription of another application')
  if (!invoice.paid) return nothing('the invoice is not paid')
  const metadata = PurchaseMetadata.parse(invoice.metadata)
  const { subscriptionId } = invoice
  if (subscriptionId === undefined)
    throw new DomainError('invalid_payload', 'invalid payload: the invoice names no subscription', { field: 'subscription' })
  if (reason === 'purchase') return { asksFor: 'license', purchase: purchaseOf(invoice, subscriptionId, metadata, reason) }
  const isChange = invoice.billingReason === 'subscription_update'
  if (await paysMaintenance(deps, metadata, subscriptionId))
    return isChange
      ? nothing(NOTHING_CHANGED)
      : { asksFor: 'maintenance', renewal: renewalOfInvoice(invoice, subscriptionId, paidPeriodOf(invoice), receivedAt) }
  const own = await productBought(deps, metadata)
  const ours = await seenFromOurLine(deps, own, invoice)
  if (ours === undefined && isChange) return nothing(NOTHING_CHANGED)
  const seen = ours ?? { ...invoice, paidFor: undefined }
  return {
    asksFor: 'license',
    purchase: purchaseOf(seen, subscriptionId, entitlementOf(metadata, own, seen), reason),
  }
}

const NOTHING_CHANGED = 'a change of the subscription that changes no license'

function nothing(why: string): PaidInvoice {
  return { asksFor: 'nothing', why }
}

/** @throws DomainError `invalid_payload` when no period that could be the paid one is named */
function purchaseOf(
  invoice: Invoice,
  subscriptionId: string,
  metadata: PurchaseMetadata,
  reason: PaidPurchase['reason'],
): PaidPurchase {
  const period = paidPeriodOf(invoice)
  return {
    issuanceKey:
      invoice.billingReason === 'subscription_update'
        ? planChangeIssuanceKey(subscriptionId, invoice.id)
        : subscriptionIssuanceKey(subscriptionId, period.start),
    metadata,
    reason,
    purchasedAt: period.start,
    period,
    email: invoice.email,
    priceId: invoice.priceId,
    links: {
      customerId: invoice.customerId,
      subscriptionId,
      invoiceId: invoice.id,
      paymentIntentId: invoice.paymentIntentId,
    },
    payment: paymentOfInvoice(invoice),
  }
}

/** Metadata can be edited at Stripe: where it no longer says what was bought, the license that the subscription brought does. */
async function paysMaintenance(deps: ProcessDeps, metadata: PurchaseMetadata, subscriptionId: string): Promise<boolean> {
  if (metadata.license_mode !== undefined) return metadata.license_mode === 'perpetual_auto'
  return (await reading(() => licenses.listPerpetualBySubscription(deps.db, subscriptionId))).length > 0
}
