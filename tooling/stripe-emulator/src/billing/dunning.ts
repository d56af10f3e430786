import { genericDecline } from '../checkout/cards.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import type { Invoice, PaymentIntent, Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { disputeIfCardSays } from './dispute.ts'
import { endSubscription } from './end-subscription.ts'
import { markPaid, paymentOf } from './invoice.ts'
import { announcePaid } from './invoice-events.ts'
import { failPayment, succeedPayment } from './payment.ts'

const dayS = 24 * 60 * 60

/**
 * Tries to collect an open invoice of a subscription: the first time at renewal, later by schedule or because somebody asked.
 *
 * @returns true when it is paid now
 */
export function collectInvoice(emulation: Emulation, subscription: Subscription, invoice: Invoice): boolean {
  const intent = intentOf(emulation, invoice)
  const method = methodOf(emulation, subscription)
  if (method === undefined || method.failsCharges) {
    fail(emulation, subscription, invoice, intent, method)
    return false
  }
  emit(emulation, byItself, 'charge.succeeded', succeedPayment(emulation, intent, method))
  emit(emulation, byItself, 'payment_intent.succeeded', intent)
  announcePaid(emulation, byItself, invoice, markPaid(emulation, invoice, intent))
  if (subscription.status === 'past_due' || subscription.status === 'unpaid') setStatus(emulation, subscription, 'active')
  disputeIfCardSays(emulation, intent.id)
  return true
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
  emit(emulation, byItself, 'payment_intent.payment_failed', intent)
  invoice.attempted = true
  invoice.attempt_count += 1
  const waitDays = retryAfterDays[invoice.attempt_count - 1]
  invoice.next_payment_attempt = waitDays === undefined ? null : emulation.clock.now() + waitDays * dayS
  emit(emulation, byItself, 'invoice.payment_failed', invoice)
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

function setStatus(emulation: Emulation, subscription: Subscription, status: Subscription['status']): void {
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
