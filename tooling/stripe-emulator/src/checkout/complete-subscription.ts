import { addInvoice, markPaid, paymentOf } from '../billing/invoice.ts'
import { announceInvoice, announcePaid } from '../billing/invoice-events.ts'
import { addPaymentIntent, succeedPayment } from '../billing/payment.ts'
import { addSubscription } from '../billing/subscription.ts'
import { subscriptionLines } from '../billing/subscription-lines.ts'
import { refreshPromotionCode } from '../catalog/refresh-promotion-code.ts'
import { byItself } from '../core/emulation.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import type { Invoice, PaymentIntent, Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { addCustomer, closeSession, takeDiscount } from './complete-payment.ts'
import type { Payment } from './payment.ts'

/** A subscription's start: paid by card, by a delayed debit, free, or on trial. Its events go out in Stripe's usual order. */
export function completeSubscription(payment: Payment): void {
  const { emulation, stored, due } = payment
  const { session, plan } = stored
  const customer = session.customer === null ? addCustomer(payment) : null
  if (customer !== null) emit(emulation, byItself, 'customer.created', customer)
  const method = payment.addMethod?.(session.customer) ?? null
  if (method !== null) emit(emulation, byItself, 'payment_method.attached', method.object)
  const { subscription, invoice } = startSubscription(payment, method)
  const intent = due > 0 && method !== null ? chargeFirst(payment, invoice, method) : null
  const activates = emulation.settings.current.subscriptions.initialStatus === 'incomplete' && subscription.status === 'active'
  if (activates) subscription.status = 'incomplete'
  emit(emulation, byItself, 'customer.subscription.created', subscription)
  announceInvoice(emulation, byItself, invoice)
  if (payment.delayed && intent !== null) plan.pending = { paymentIntent: intent.id, invoice: invoice.id }
  else announcePaid(emulation, byItself, invoice, markPaid(emulation, invoice, intent))
  if (activates) {
    subscription.status = 'active'
    emit(emulation, byItself, 'customer.subscription.updated', subscription, { status: 'incomplete' })
  }
  closeSession(stored, due === 0 ? 'no_payment_required' : payment.delayed ? 'unpaid' : 'paid')
  emit(emulation, byItself, 'checkout.session.completed', session)
  announceDiscount(payment, subscription)
}

function startSubscription(
  payment: Payment,
  method: StoredPaymentMethod | null,
): { subscription: Subscription; invoice: Invoice } {
  const { emulation, stored } = payment
  const { session, plan } = stored
  const subscription = addSubscription(emulation, {
    customer: session.customer ?? '',
    currency: session.currency ?? 'usd',
    lines: plan.lineItems,
    data: plan.params.subscription_data ?? {},
    paymentMethod: method?.id ?? null,
    automaticTax: session.automatic_tax.enabled,
  })
  session.subscription = subscription.id
  const discount = takeDiscount(emulation, stored, subscription.id)
  if (discount !== null) subscription.discounts = [discount.id]
  const invoice = addInvoice(emulation, {
    reason: 'subscription_create',
    currency: subscription.currency,
    customer: emulation.store.customers.get(session.customer ?? '') ?? null,
    email: payment.payer.email,
    subscription,
    lines: subscriptionLines(emulation, subscription, {
      trial: subscription.status === 'trialing',
      coupon: emulation.store.coupons.get(discount?.source.coupon ?? ''),
      once: plan.lineItems.filter((line) => line.price?.type === 'one_time'),
    }),
    discount,
    metadata: {},
    automaticTax: session.automatic_tax.enabled,
  })
  subscription.latest_invoice = invoice.id
  session.invoice = invoice.id
  return { subscription, invoice }
}

/** The first invoice's payment. The session itself shows no payment intent in subscription mode. */
function chargeFirst(
  { emulation, stored, due, delayed, payer }: Payment,
  invoice: Invoice,
  method: StoredPaymentMethod,
): PaymentIntent {
  const intent = addPaymentIntent(
    emulation,
    {
      amount: due,
      currency: invoice.currency,
      customer: stored.session.customer,
      metadata: {},
      description: 'Subscription creation',
      receiptEmail: payer.email,
      setupFutureUsage: 'off_session',
    },
    method.object.type,
  )
  paymentOf(emulation, invoice, intent)
  if (delayed) {
    intent.payment_method = method.id
    intent.status = 'processing'
    emit(emulation, byItself, 'payment_intent.processing', intent)
  } else {
    emit(emulation, byItself, 'charge.succeeded', succeedPayment(emulation, intent, method))
    emit(emulation, byItself, 'payment_intent.succeeded', intent)
  }
  return intent
}

function announceDiscount({ emulation, stored }: Payment, subscription: Subscription): void {
  const promotionCode = emulation.store.promotionCodes.get(stored.plan.promotionCode ?? '')
  if (promotionCode !== undefined) {
    refreshPromotionCode(emulation, promotionCode)
    emit(emulation, byItself, 'promotion_code.updated', promotionCode, { times_redeemed: promotionCode.times_redeemed - 1 })
  }
  const discount = emulation.store.discounts.get(subscription.discounts[0] ?? '')
  if (discount !== undefined) emit(emulation, byItself, 'customer.discount.created', discount)
}
