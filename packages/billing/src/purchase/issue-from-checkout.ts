import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { isMaintenance } from '../maintenance/maintenance-metadata.ts'
import { renewMaintenance } from '../maintenance/renew-maintenance.ts'
import { renewalOfCheckout } from '../maintenance/renewal-of-checkout.ts'
import { type CheckoutSession, readCheckoutSession } from '../payload/checkout-session.ts'
import { paidPeriodOf, paymentOfInvoice } from '../payload/invoice.ts'
import { readWholeInvoice } from '../payload/read-whole-invoice.ts'
import { type EventHandler, ignore, type ProcessDeps } from './event-handler.ts'
import { checkoutIssuanceKey, subscriptionIssuanceKey } from './issuance-key.ts'
import { issuePurchase, type PaidPurchase } from './issue-purchase.ts'
import { sellsOneOf } from './our-line.ts'
import { isForeign, PurchaseMetadata } from './purchase-metadata.ts'

/** A completed checkout session issues the license it pays for, once the money is there. */
export const issueFromCheckout: EventHandler = async (deps, event, arrived) => {
  const session = readCheckoutSession(event.object)
  if (isMaintenance(session.metadata)) {
    if (session.paymentStatus === 'unpaid') return waitForPayment(deps, arrived)
    return renewMaintenance(deps, arrived, renewalOfCheckout(session, event.createdAt))
  }
  if (isForeign(session.metadata) && !(await sellsOurProduct(deps, session.id)))
    return ignore(deps, arrived, 'a purchase of another application')
  const metadata = PurchaseMetadata.parse(session.metadata)
  if (session.paymentStatus === 'unpaid') return waitForPayment(deps, arrived)
  if (session.mode === 'subscription') return issuePurchase(deps, arrived, await paidSubscription(deps, session, metadata))
  if (session.mode === 'payment') return issuePurchase(deps, arrived, paidOnce(session, metadata, event.createdAt))
  return ignore(deps, arrived, `checkout in mode ${session.mode}`)
}

/** A delayed payment method: the money comes, or not, with an `async_payment_…` event of its own. The reservation stays held. */
async function waitForPayment(deps: ProcessDeps, arrived: stripeEvents.ArrivedEvent) {
  const settled = await inTransaction(deps.db, (tx) => stripeEvents.settle(tx, arrived, 'processed', deps.now(), 'not paid yet'))
  return { kind: settled ? ('processed' as const) : ('already' as const), eventId: arrived.eventId, reason: 'not paid yet' }
}

function paidOnce(session: CheckoutSession, metadata: PurchaseMetadata, paidAt: Date): PaidPurchase {
  const issuanceKey = checkoutIssuanceKey(session.id)
  return {
    issuanceKey,
    metadata,
    reason: 'purchase',
    purchasedAt: paidAt,
    period: undefined,
    email: session.email,
    priceId: undefined,
    links: {
      customerId: session.customerId,
      checkoutSessionId: session.id,
      paymentIntentId: session.paymentIntentId,
      invoiceId: session.invoiceId,
    },
    payment: {
      paymentKey: issuanceKey,
      paidAt,
      customerName: session.customerName,
      customerEmail: session.email,
      currency: session.currency ?? '',
      amountSubtotalMinor: session.amountSubtotalMinor,
      amountTaxMinor: session.amountTaxMinor,
      amountTotalMinor: session.amountTotalMinor,
      stripeProductId: undefined,
      billingAddress: session.billingAddress,
    },
  }
}

/**
 * The period comes from the session's own invoice and not from the subscription as it is by now: an event that arrives a year late still
 * pays for the first period.
 */
async function paidSubscription(deps: ProcessDeps, session: CheckoutSession, metadata: PurchaseMetadata): Promise<PaidPurchase> {
  if (session.subscriptionId === undefined || session.invoiceId === undefined) {
    throw new DomainError('invalid_payload', 'invalid payload: the session names no subscription or no invoice', {
      field: 'invoice',
    })
  }
  const invoice = await readWholeInvoice(
    deps.stripe,
    await deps.stripe.invoices.retrieve(session.invoiceId, { expand: ['payments'] }),
  )
  const period = paidPeriodOf(invoice)
  return {
    issuanceKey: subscriptionIssuanceKey(session.subscriptionId, period.start),
    metadata,
    reason: 'purchase',
    purchasedAt: period.start,
    period,
    email: session.email,
    priceId: invoice.priceId,
    links: {
      customerId: session.customerId,
      checkoutSessionId: session.id,
      subscriptionId: session.subscriptionId,
      invoiceId: invoice.id,
      paymentIntentId: invoice.paymentIntentId,
    },
    payment: {
      ...paymentOfInvoice(invoice),
      customerName: session.customerName,
      customerEmail: session.email,
      billingAddress: session.billingAddress,
    },
  }
}

/** A session without our metadata may still sell our product, e.g. through a payment link: then it is ours to park, not to ignore. */
async function sellsOurProduct(deps: ProcessDeps, sessionId: string): Promise<boolean> {
  for await (const line of deps.stripe.checkout.sessions.listLineItems(sessionId, { limit: 100 }))
    if (await sellsOneOf(deps.db, [line.price?.id])) return true
  return false
}
