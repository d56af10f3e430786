import { byItself, type Emulation } from '../core/emulation.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Invoice, PaymentIntent, Subscription } from '../core/wire.ts'
import { genericDecline } from '../customers/cards.ts'
import { emit } from '../webhooks/emit.ts'
import { afterPaymentBy } from './dispute.ts'
import { endSubscription } from './end-subscription.ts'
import { markPaid, paymentOf } from './invoice.ts'
import { announcePaid } from './invoice-events.ts'
import { failPayment, succeedPayment } from './payment.ts'

const dayS = 24 * 60 * 60

/**
 * Tries to collect an open invoice of a subscription: the first time at renewal, later by schedule or because somebody asked.
 *
 * @param options.approved  the cardholder is there and approves
 * @returns true when it is paid now
 */
export function collectInvoice(
  emulation: Emulation,
  subscription: Subscription,
  invoice: Invoice,
  options: { approved?: boolean } = {},
): boolean {
  const intent = intentOf(emulation, invoice)
  const method = methodOf(emulation, subscription)
  const unapproved =
    method?.behavior.asksForApproval === true &&
    options.approved !== true &&
    emulation.settings.current.subscriptions.offSessionAuthentication
  if (unapproved) askForApproval(emulation, invoice, intent, method)
  if (unapproved || method === undefined || method.failsCharges) {
    fail(emulation, subscription, invoice, intent, unapproved ? undefined : method)
    return false
  }
  emit(emulation, byItself, 'charge.succeeded', succeedPayment(emulation, intent, method))
  emit(emulation, byItself, 'payment_intent.succeeded', intent)
  announcePaid(emulation, byItself, invoice, markPaid(emulation, invoice, intent))
  if (['past_due', 'unpaid', 'incomplete'].includes(subscription.status)) setStatus(emulation, subscription, 'active')
  afterPaymentBy(emulation, intent.id)
  return true
}

/** The cardholder is back and approves. @throws StripeError unless the invoice waits for it */
export function approveInvoice(emulation: Emulation, subscription: Subscription, invoice: Invoice): void {
  if (intentOf(emulation, invoice).status !== 'requires_action')
    throw invalidRequest('This invoice waits for nobody to approve its payment.', 'id')
  collectInvoice(emulation, subscription, invoice, { approved: true })
}

/** The card wants its holder's approval, and Stripe asks the merchant to bring them back. */
function askForApproval(emulation: Emulation, invoice: Invoice, intent: PaymentIntent, method: StoredPaymentMethod): void {
  intent.payment_method = method.id
  intent.status = 'requires_action'
  emit(emulation, byItself, 'payment_intent.requires_action', intent)
  emit(emulation, byItself, 'invoice.payment_action_required', invoice)
}

function fail(
  emulation: Emulation,
  subscription: Subscription,
  invoice: Invoice,
  intent: PaymentIntent,
  method: StoredPaymentMethod | undefined,
): void {
  const { retryAfterDays, afterLastRetry } = emulation.settings.current.subscriptions
  if (method !== undefined) emit(emulation, byItself, 'charge.failed', failPayment(emulation, intent, method, genericDecline))
  if (intent.status !== 'requires_action') emit(emulation, byItself, 'payment_intent.payment_failed', intent)
  invoice.attempted = true
  invoice.attempt_count += 1
  // The first payment is not tried again by itself: the customer has 23 hours.
  const waitDays = subscription.status === 'incomplete' ? undefined : retryAfterDays[invoice.attempt_count - 1]
  invoice.next_payment_attempt = waitDays === undefined ? null : emulation.clock.now() + waitDays * dayS
  emit(emulation, byItself, 'invoice.payment_failed', invoice)
  if (subscription.status === 'incomplete') return
  if (waitDays !== undefined) {
    if (subscription.status !== 'past_due') setStatus(emulation, subscription, 'past_due')
    return
  }
  if (afterLastRetry === 'cancel') endSubscription(emulation, subscription, byItself, 'payment_failed')
  else if (afterLastRetry === 'unpaid') setStatus(emulation, subscription, 'unpaid')
  else markUncollectible(emulation, invoice)
}

/** Nobody is going to pay it. */
export function markUncollectible(emulation: Emulation, invoice: Invoice): Invoice {
  invoice.status = 'uncollectible'
  invoice.status_transitions.marked_uncollectible_at = emulation.clock.now()
  invoice.next_payment_attempt = null
  emit(emulation, byItself, 'invoice.marked_uncollectible', invoice)
  return invoice
}

export function setStatus(emulation: Emulation, subscription: Subscription, status: Subscription['status']): void {
  const previous = { status: subscription.status }
  subscription.status = status
  emit(emulation, byItself, 'customer.subscription.updated', subscription, previous)
}

function intentOf(emulation: Emulation, invoice: Invoice): PaymentIntent {
  const payment = emulation.store.invoicePayments.newestFirst().find((entry) => entry.invoice === invoice.id)
  const intent = emulation.store.paymentIntents.get(payment?.payment.payment_intent ?? '')
  if (intent === undefined) throw new Error(`invoice ${invoice.id} has no payment intent`)
  paymentOf(emulation, invoice, intent)
  return intent
}

function methodOf({ store }: Emulation, subscription: Subscription): StoredPaymentMethod | undefined {
  const customer = store.customers.get(subscription.customer)
  return store.paymentMethods.get(subscription.default_payment_method ?? customer?.invoice_settings.default_payment_method ?? '')
}
