import { markPaid } from '../billing/invoice.ts'
import { announcePaid } from '../billing/invoice-events.ts'
import { failPayment, succeedPayment } from '../billing/payment.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { StoredSession } from '../core/stored-session.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import { genericDecline } from '../customers/cards.ts'
import { emit } from '../webhooks/emit.ts'

/** The end of a bank debit. The session stays complete either way. @throws StripeError 400 when none is under way */
export function settleDebit(emulation: Emulation, stored: StoredSession, succeeds: boolean): void {
  const { session, plan } = stored
  const intent = emulation.store.paymentIntents.get(plan.pending?.paymentIntent ?? '')
  const method = emulation.store.paymentMethods.get(intent?.payment_method ?? '')
  if (plan.pending === null || intent === undefined || method === undefined)
    throw invalidRequest('This session has no payment under way.', 'session')
  const invoice = emulation.store.invoices.get(plan.pending.invoice ?? '')
  plan.pending = null
  if (succeeds) {
    emit(emulation, byItself, 'charge.succeeded', succeedPayment(emulation, intent, method))
    emit(emulation, byItself, 'payment_intent.succeeded', intent)
    if (invoice !== undefined) announcePaid(emulation, byItself, invoice, markPaid(emulation, invoice, intent))
    session.payment_status = 'paid'
    emit(emulation, byItself, 'checkout.session.async_payment_succeeded', session)
    return
  }
  emit(emulation, byItself, 'charge.failed', failPayment(emulation, intent, method, genericDecline))
  emit(emulation, byItself, 'payment_intent.payment_failed', intent)
  if (invoice !== undefined) {
    invoice.attempted = true
    invoice.attempt_count += 1
    emit(emulation, byItself, 'invoice.payment_failed', invoice)
  }
  const subscription = emulation.store.subscriptions.get(session.subscription ?? '')
  if (subscription !== undefined) {
    const previous = { status: subscription.status }
    subscription.status = 'past_due'
    emit(emulation, byItself, 'customer.subscription.updated', subscription, previous)
  }
  emit(emulation, byItself, 'checkout.session.async_payment_failed', session)
}
