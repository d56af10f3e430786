import { addDiscount } from '../billing/discount.ts'
import { addInvoice, markPaid, paymentOf } from '../billing/invoice.ts'
import { announceInvoice, announcePaid } from '../billing/invoice-events.ts'
import { addPaymentIntent, succeedPayment } from '../billing/payment.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { StoredSession } from '../core/stored-session.ts'
import type { Customer, Discount, Invoice } from '../core/wire.ts'
import { buildCustomer } from '../customers/build-customer.ts'
import { emit } from '../webhooks/emit.ts'
import { metadataOfPayment, type Payment } from './payment.ts'

/** A one-time purchase. Its events go out in the order in which Stripe's do unless something delays them. */
export function completePayment(payment: Payment): void {
  const { emulation, stored, due } = payment
  const { session, plan } = stored
  const created = session.customer === null && session.customer_creation === 'always' ? addCustomer(payment) : null
  const discount = takeDiscount(emulation, stored, null)
  const invoice = session.invoice_creation?.enabled === true ? addOneTimeInvoice(payment, discount) : null
  session.invoice = invoice?.id ?? null
  if (due > 0 && payment.addMethod !== null) {
    const data = plan.params.payment_intent_data
    const method = payment.addMethod(session.customer)
    const order = {
      amount: due,
      currency: session.currency ?? 'usd',
      customer: session.customer,
      metadata: metadataOfPayment(data?.metadata),
      description: data?.description ?? null,
      receiptEmail: data?.receipt_email ?? payment.payer.email,
      statementDescriptor: data?.statement_descriptor ?? null,
      setupFutureUsage: data?.setup_future_usage ?? null,
    }
    const intent = addPaymentIntent(emulation, order, method.object.type)
    session.payment_intent = intent.id
    if (invoice !== null) paymentOf(emulation, invoice, intent)
    if (payment.delayed) {
      intent.payment_method = method.id
      intent.status = 'processing'
      plan.pending = { paymentIntent: intent.id, invoice: invoice?.id ?? null }
      emit(emulation, byItself, 'payment_intent.processing', intent)
    } else {
      emit(emulation, byItself, 'payment_intent.created', intent)
      emit(emulation, byItself, 'charge.succeeded', succeedPayment(emulation, intent, method))
      emit(emulation, byItself, 'payment_intent.succeeded', intent)
    }
  }
  if (created !== null) emit(emulation, byItself, 'customer.created', created)
  closeSession(stored, due === 0 ? 'no_payment_required' : payment.delayed ? 'unpaid' : 'paid')
  emit(emulation, byItself, 'checkout.session.completed', session)
  if (invoice === null) return
  announceInvoice(emulation, byItself, invoice)
  if (payment.delayed) return
  const intent = emulation.store.paymentIntents.get(session.payment_intent ?? '') ?? null
  announcePaid(emulation, byItself, invoice, markPaid(emulation, invoice, intent))
}

export function closeSession({ session }: StoredSession, paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'): void {
  session.status = 'complete'
  session.payment_status = paymentStatus
  session.url = null
}

/** The session's new customer, from what was typed on the page. */
export function addCustomer({ emulation, stored, payer }: Payment): Customer {
  const { testClock } = emulation.settings.current.checkout
  const customer = emulation.store.customers.add(
    buildCustomer(emulation, {
      email: payer.email,
      name: payer.name,
      address: { country: payer.country, postal_code: payer.postalCode },
      ...(testClock === null ? {} : { test_clock: testClock }),
    }),
  )
  stored.session.customer = customer.id
  return customer
}

/** Redeems the session's coupon, if it has one. */
export function takeDiscount(
  emulation: Emulation,
  { session, plan }: StoredSession,
  subscription: string | null,
): Discount | null {
  const coupon = emulation.store.coupons.get(plan.coupon ?? '')
  if (coupon === undefined) return null
  return addDiscount(emulation, {
    coupon,
    promotionCode: plan.promotionCode,
    customer: session.customer,
    session: session.id,
    subscription,
  })
}

function addOneTimeInvoice({ emulation, stored, payer }: Payment, discount: Discount | null): Invoice {
  const { session, plan } = stored
  const now = emulation.clock.now()
  return addInvoice(emulation, {
    reason: 'manual',
    currency: session.currency ?? 'usd',
    customer: emulation.store.customers.get(session.customer ?? '') ?? null,
    email: payer.email,
    subscription: null,
    lines: plan.lineItems.map((line) => ({
      amount: line.amount_subtotal,
      discount: line.amount_discount,
      description: line.description,
      price: line.price?.id ?? '',
      product: line.price?.product ?? '',
      unitAmountDecimal: line.price?.unit_amount_decimal ?? null,
      quantity: line.quantity,
      period: { start: now, end: now },
      subscriptionItem: null,
      metadata: {},
    })),
    discount,
    metadata: metadataOfPayment(session.invoice_creation?.invoice_data.metadata ?? undefined),
    automaticTax: session.automatic_tax.enabled,
  })
}
