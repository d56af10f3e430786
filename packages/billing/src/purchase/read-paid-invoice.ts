import { type licenseEnds, licenses, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { planChangeIssuanceKey } from '@licenseoperator/licensing'
import { type Invoice, paymentOfInvoice } from '@licenseoperator/stripe'
import {
  familyOfSubscription,
  inDoubt,
  isForeignInvoice,
  metadataBought,
  type PaidPurchase,
  type PurchaseMetadata,
  readLines,
  type SubscriptionFamily,
  soldOf,
  subscriptionIssuanceKey,
} from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'
import type { MaintenanceRenewal } from '../maintenance/renew-maintenance.ts'
import { maintenanceLineOf, renewalOfInvoice } from '../maintenance/renewal-of-invoice.ts'
import { isPaidThroughCheckout } from './paid-through-checkout.ts'
import { readFirstPeriod } from './read-first-period.ts'
import { type LaterPeriod, readLaterPeriod } from './read-later-period.ts'

/** Which invoices pay for a period, and what the license they bring is announced as. Others that are about ours are for people to read. */
const reasons = {
  subscription_create: 'purchase',
  subscription_cycle: 'renewal',
  subscription_update: 'renewal',
} as const

/** What a paid invoice asks for. */
export type PaidInvoice =
  | { readonly asksFor: 'nothing'; readonly why: string; readonly ends?: licenseEnds.LicenseEnd | undefined }
  | { readonly asksFor: 'maintenance'; readonly renewal: MaintenanceRenewal }
  | { readonly asksFor: 'license'; readonly purchase: PaidPurchase }

/**
 * @param receivedAt  when we first heard of it: a renewal waits for its purchase, but not for ever
 * @throws DomainError `invalid_payload` for what nobody can serve, `temporarily_unavailable` when MySQL is away; ZodError for metadata that cannot be read
 */
export async function readPaidInvoice(deps: ProcessDeps, invoice: Invoice, receivedAt: Date): Promise<PaidInvoice> {
  const { subscriptionId } = invoice
  const family = await familyOfSubscription(deps, subscriptionId)
  if (family === undefined && (await isForeignInvoice(deps, invoice))) return nothing('a subscription of another application')
  if (!invoice.paid) return nothing('the invoice is not paid')
  const reason = Object.entries(reasons).find(([billingReason]) => billingReason === invoice.billingReason)?.[1]
  if (reason === undefined) return unknownReason(deps, invoice, family)
  if (subscriptionId === undefined)
    throw new DomainError('invalid_payload', 'invalid payload: the invoice names no subscription', { field: 'subscription' })
  const bought = await metadataBought(deps, invoice.metadata, family)
  if (reason === 'purchase') {
    const first = await readFirstPeriod(deps, invoice, bought)
    return first === undefined
      ? nothing('the invoice is over zero units')
      : { asksFor: 'license', purchase: purchaseOf(invoice, subscriptionId, first, reason) }
  }
  const isChange = invoice.billingReason === 'subscription_update'
  if (await paysMaintenance(deps, bought, subscriptionId)) {
    if (isChange) return nothing(NOTHING_CHANGED)
    const line = await maintenanceLineOf(deps, invoice, family)
    if (line === undefined) return nothing('the invoice has no line for the maintenance')
    return { asksFor: 'maintenance', renewal: renewalOfInvoice(invoice, subscriptionId, line.period, receivedAt) }
  }
  const { period: later, endsAt } = await readLaterPeriod(deps, { invoice, subscriptionId, bought, family, isChange, receivedAt })
  const ends = endsAt && { subscriptionId, invoiceId: invoice.id, endedAt: endsAt }
  if (later === undefined) return { ...nothing(isChange ? NOTHING_CHANGED : 'the invoice has no line for the license'), ends }
  return { asksFor: 'license', purchase: { ...purchaseOf(invoice, subscriptionId, later, reason), ends } }
}

const NOTHING_CHANGED = 'a change of the subscription that changes no license'

function nothing(why: string): PaidInvoice & { asksFor: 'nothing' } {
  return { asksFor: 'nothing', why }
}

/** Written by hand, or for a reason that we do not know. Where it is about something of ours, the money was taken for that. */
async function unknownReason(deps: ProcessDeps, invoice: Invoice, family: SubscriptionFamily | undefined): Promise<PaidInvoice> {
  const why = `invoice with billing reason ${invoice.billingReason ?? 'unknown'}`
  const lines = await readLines(deps, invoice.lines, undefined, await soldOf(deps, family))
  if (lines.every(({ product }) => product === undefined) && family !== undefined) return nothing(`${why}, about no license`)
  if (await isPaidThroughCheckout(deps, invoice)) return nothing(`${why}, of a checkout that tells of its payment itself`)
  throw inDoubt(why)
}

function purchaseOf(
  invoice: Invoice,
  subscriptionId: string,
  read: LaterPeriod & { readonly startsFree?: boolean },
  reason: PaidPurchase['reason'],
): PaidPurchase {
  const { period } = read
  return {
    issuanceKey:
      invoice.billingReason === 'subscription_update'
        ? planChangeIssuanceKey(subscriptionId, invoice.id)
        : subscriptionIssuanceKey(subscriptionId, period.start),
    metadata: read.metadata,
    reason,
    purchasedAt: period.start,
    period,
    email: invoice.email,
    priceId: read.priceId,
    soldAs: read.soldAs,
    startsFree: read.startsFree ?? false,
    links: {
      customerId: invoice.customerId,
      subscriptionId,
      invoiceId: invoice.id,
      paymentIntentId: invoice.paymentIntentId,
    },
    payment: { ...paymentOfInvoice(invoice), stripeProductId: read.stripeProductId, coversUntil: period.end },
  }
}

/** Metadata can be edited at Stripe: where it no longer says what was bought, the license that the subscription brought does. */
async function paysMaintenance(deps: ProcessDeps, metadata: PurchaseMetadata, subscriptionId: string): Promise<boolean> {
  if (metadata.license_mode !== undefined) return metadata.license_mode === 'perpetual_auto'
  return (await reading(() => licenses.listPerpetualBySubscription(deps.db, subscriptionId))).length > 0
}
