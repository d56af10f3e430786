import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Invoice, Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { renewalCoupon } from './discount.ts'
import { collectInvoice, markUncollectible, setStatus } from './dunning.ts'
import { endSubscription } from './end-subscription.ts'
import { addInvoice, finalizeInvoice, markPaid, paymentOf } from './invoice.ts'
import { announcePaid, voidInvoice } from './invoice-events.ts'
import { addPaymentIntent } from './payment.ts'
import { beginNextPeriod } from './period.ts'
import { takePendingProrations } from './prorations.ts'
import { subscriptionLines } from './subscription-lines.ts'

/**
 * What happens at the end of a subscription's period, now: it ends (a scheduled cancellation), or the next period begins with an
 * invoice that is charged to the saved card. The hour between draft and charge is skipped.
 *
 * @returns the new invoice, `null` when the subscription ended
 */
export function renewSubscription(emulation: Emulation, subscription: Subscription): Invoice | null {
  if (subscription.ended_at !== null) throw invalidRequest('This subscription has ended.', 'id')
  const invoice = beginPeriod(emulation, subscription)
  if (invoice !== null) chargeRenewal(emulation, subscription, invoice)
  return invoice
}

/** The end of a period: the subscription ends where that is planned, or the next period begins with a draft invoice. @returns the draft */
export function beginPeriod(emulation: Emulation, subscription: Subscription): Invoice | null {
  const periodEnd = Math.max(...subscription.items.data.map((item) => item.current_period_end))
  if (subscription.cancel_at_period_end || (subscription.cancel_at !== null && subscription.cancel_at <= periodEnd)) {
    endSubscription(emulation, subscription, byItself, 'cancellation_requested')
    return null
  }
  moveToNextPeriod(emulation, subscription)
  const invoice = buildRenewalInvoice(emulation, subscription)
  emit(emulation, byItself, 'invoice.created', invoice)
  return invoice
}

function moveToNextPeriod(emulation: Emulation, subscription: Subscription): void {
  const previous = {
    items: {
      data: subscription.items.data.map((item) => ({
        id: item.id,
        current_period_start: item.current_period_start,
        current_period_end: item.current_period_end,
      })),
    },
    ...(subscription.status === 'trialing' ? { status: 'trialing' } : {}),
  }
  for (const item of subscription.items.data) beginNextPeriod(item)
  if (subscription.status === 'trialing') subscription.status = 'active'
  emit(emulation, byItself, 'customer.subscription.updated', subscription, previous)
}

function buildRenewalInvoice(emulation: Emulation, subscription: Subscription): Invoice {
  const applied = renewalCoupon(emulation, subscription.discounts[0])
  const invoice = addInvoice(emulation, {
    reason: 'subscription_cycle',
    currency: subscription.currency,
    customer: emulation.store.customers.get(subscription.customer) ?? null,
    email: null,
    subscription,
    lines: [
      ...takePendingProrations(emulation, subscription),
      ...subscriptionLines(emulation, subscription, { trial: false, coupon: applied?.coupon }),
    ],
    discount: applied?.discount ?? null,
    metadata: {},
    automaticTax: subscription.automatic_tax.enabled,
  })
  subscription.latest_invoice = invoice.id
  return invoice
}

/** Finalizes a draft of a subscription and charges it to the saved card. Nothing is charged for one over nothing or less. */
export function chargeRenewal(emulation: Emulation, subscription: Subscription, invoice: Invoice): void {
  const paused = subscription.pause_collection?.behavior
  if (paused === 'keep_as_draft') {
    invoice.auto_advance = false
    return
  }
  finalizeInvoice(emulation, invoice)
  emit(emulation, byItself, 'invoice.finalized', invoice)
  if (paused === 'void') {
    voidInvoice(emulation, byItself, invoice)
    return
  }
  if (paused === 'mark_uncollectible') {
    markUncollectible(emulation, invoice)
    return
  }
  collectOpenInvoice(emulation, subscription, invoice)
}

/** Charges an open invoice of a subscription, over nothing or less just closes it. */
export function collectOpenInvoice(emulation: Emulation, subscription: Subscription, invoice: Invoice): void {
  if (invoice.total <= 0) {
    announcePaid(emulation, byItself, invoice, markPaid(emulation, invoice, null))
    if (subscription.status === 'incomplete') setStatus(emulation, subscription, 'active')
    return
  }
  if (!hasPayment(emulation, invoice)) addInvoicePayment(emulation, subscription, invoice)
  collectInvoice(emulation, subscription, invoice)
}

function hasPayment({ store }: Emulation, invoice: Invoice): boolean {
  return store.invoicePayments.newestFirst().some((payment) => payment.invoice === invoice.id)
}

function addInvoicePayment(emulation: Emulation, subscription: Subscription, invoice: Invoice): void {
  const customer = emulation.store.customers.get(subscription.customer)
  const intent = addPaymentIntent(
    emulation,
    {
      amount: invoice.total,
      currency: invoice.currency,
      customer: subscription.customer,
      metadata: {},
      description: 'Subscription update',
      receiptEmail: customer?.email ?? null,
      setupFutureUsage: 'off_session',
    },
    'card',
  )
  emit(emulation, byItself, 'payment_intent.created', intent)
  paymentOf(emulation, invoice, intent)
}
