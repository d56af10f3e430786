import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import {
  type CheckoutSession,
  idOf,
  isPaid,
  isUnknownObject,
  paymentOfInvoice,
  readCheckoutSession,
  readWholeInvoice,
} from '@licenseoperator/stripe'
import {
  checkoutIssuanceKey,
  inDoubt,
  isForeign,
  isMaintenance,
  type PaidPurchase,
  PurchaseMetadata,
  sellsOneOf,
  sellsOneOfProducts,
  subscriptionIssuanceKey,
  unitsOfSession,
  usesOurWords,
} from '@licenseoperator/terms'
import { type EventHandler, ignore, type ProcessDeps } from '../handling/event-handler.ts'
import { renewMaintenance } from '../maintenance/renew-maintenance.ts'
import { renewalOfCheckout } from '../maintenance/renewal-of-checkout.ts'
import { issuePurchase } from './issue-purchase.ts'
import { readFirstPeriod } from './read-first-period.ts'

/** A completed checkout session issues the license it pays for, once the money is there. */
export const issueFromCheckout: EventHandler = async (deps, event, arrived) => {
  const session = readCheckoutSession(event.object)
  if (isMaintenance(session.metadata)) {
    if (!isPaid(session)) return waitForPayment(deps, arrived)
    return renewMaintenance(deps, arrived, renewalOfCheckout(session, event.createdAt))
  }
  if (isForeign(session.metadata) && !(await sellsOurProduct(deps, session)))
    return ignore(deps, arrived, 'a purchase of another application')
  const metadata = PurchaseMetadata.parse(session.metadata)
  if (!isPaid(session)) return waitForPayment(deps, arrived)
  if (session.mode === 'setup') return ignore(deps, arrived, 'a checkout that sells nothing')
  if (session.mode !== 'payment' && session.mode !== 'subscription') throw inDoubt(`checkout in mode ${session.mode}`)
  const purchase =
    session.mode === 'subscription'
      ? await paidSubscription(deps, session, metadata)
      : await paidOnce(deps, session, metadata, event.createdAt)
  return purchase === undefined ? ignore(deps, arrived, 'a checkout of zero units') : issuePurchase(deps, arrived, purchase)
}

/** A delayed payment method: the money comes, or not, with an `async_payment_…` event of its own. The reservation stays held. */
async function waitForPayment(deps: ProcessDeps, arrived: stripeEvents.ArrivedEvent) {
  const isNew = await inTransaction(deps.db, (tx) => stripeEvents.markAs(tx, arrived, 'processed', deps.now(), 'not paid yet'))
  return { kind: isNew ? ('processed' as const) : ('already' as const), eventId: arrived.eventId, reason: 'not paid yet' }
}

async function paidOnce(
  deps: ProcessDeps,
  session: CheckoutSession,
  bought: PurchaseMetadata,
  paidAt: Date,
): Promise<PaidPurchase | undefined> {
  const issuanceKey = checkoutIssuanceKey(session.id)
  const units = await unitsOfSession(deps, session, bought)
  if (units === undefined) return undefined
  const { metadata, priceId } = units
  return {
    issuanceKey,
    metadata,
    reason: 'purchase',
    purchasedAt: paidAt,
    period: undefined,
    email: session.email,
    priceId,
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
      amountChargedMinor: session.amountTotalMinor,
      stripeProductId: undefined,
      billingAddress: session.billingAddress,
    },
  }
}

/**
 * The period comes from the session's own invoice and not from the subscription as it is by now: an event that arrives a year late still
 * pays for the first period.
 */
async function paidSubscription(
  deps: ProcessDeps,
  session: CheckoutSession,
  bought: PurchaseMetadata,
): Promise<PaidPurchase | undefined> {
  if (session.subscriptionId === undefined || session.invoiceId === undefined) {
    throw new DomainError('invalid_payload', 'invalid payload: the session names no subscription or no invoice', {
      field: 'invoice',
    })
  }
  const invoice = await readWholeInvoice(
    deps.stripe,
    await deps.stripe.invoices.retrieve(session.invoiceId, { expand: ['payments'] }),
  )
  const first = await readFirstPeriod(deps, invoice, bought)
  if (first === undefined) return undefined
  const { metadata, period, priceId, soldAs, startsFree } = first
  return {
    issuanceKey: subscriptionIssuanceKey(session.subscriptionId, period.start),
    metadata,
    reason: 'purchase',
    purchasedAt: period.start,
    period,
    email: session.email,
    priceId,
    soldAs,
    startsFree,
    links: {
      customerId: session.customerId,
      checkoutSessionId: session.id,
      subscriptionId: session.subscriptionId,
      invoiceId: invoice.id,
      paymentIntentId: invoice.paymentIntentId,
    },
    payment: {
      ...paymentOfInvoice(invoice),
      stripeProductId: first.stripeProductId,
      coversUntil: period.end,
      customerName: session.customerName,
      customerEmail: session.email,
      billingAddress: session.billingAddress,
    },
  }
}

/** A session without our metadata may still sell our product, e.g. through a payment link: then it is ours to park, not to ignore. */
export async function sellsOurProduct(
  deps: ProcessDeps,
  { id: sessionId, metadata }: Pick<CheckoutSession, 'id' | 'metadata'>,
): Promise<boolean> {
  try {
    for await (const { price } of deps.stripe.checkout.sessions.listLineItems(sessionId, { limit: 100 })) {
      if (await sellsOneOf(deps.db, [price?.id])) return true
      if (await sellsOneOfProducts(deps.db, [idOf(price?.product)])) return true
    }
    return false
  } catch (error) {
    // What Stripe does not know sells nothing, unless it speaks of our products.
    if (isUnknownObject(error) && !usesOurWords(metadata)) return false
    throw error
  }
}
