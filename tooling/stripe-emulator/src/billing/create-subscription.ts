import type Stripe from 'stripe'
import { resolveLineItems } from '../catalog/line-items.ts'
import type { Cause, Emulation } from '../core/emulation.ts'
import { invalidRequest, missingParameter, noSuchParameter, StripeError } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Subscription, Wire } from '../core/wire.ts'
import { genericDecline } from '../customers/cards.ts'
import { checkCustomerCurrency } from '../customers/customer-currency.ts'
import { emit } from '../webhooks/emit.ts'
import { giveDiscount } from './discount.ts'
import { addInvoice } from './invoice.ts'
import { chargeRenewal } from './renew-subscription.ts'
import { addSubscription } from './subscription.ts'
import { subscriptionLines } from './subscription-lines.ts'

const supported = [
  ...['automatic_tax', 'billing_mode', 'cancel_at_period_end', 'customer', 'default_payment_method', 'description', 'discounts'],
  ...['expand', 'items', 'metadata', 'off_session', 'payment_behavior', 'trial_end', 'trial_period_days', 'trial_settings'],
]

/**
 * A subscription made by the API instead of a checkout: its first invoice is charged to the saved card at once.
 *
 * @throws StripeError 400 for what does not fit, 402 for a refused card with `error_if_incomplete`
 */
export function createSubscription(
  emulation: Emulation,
  cause: Cause,
  params: Wire<Stripe.SubscriptionCreateParams>,
): Subscription {
  refuseUnsupported(params, supported)
  const customer = emulation.store.customers.get(params.customer ?? '')
  if (params.customer === undefined) throw missingParameter('customer')
  if (customer === undefined) throw noSuchParameter('customer', params.customer, 'customer')
  const items = params.items ?? []
  if (items.length === 0) throw missingParameter('items')
  for (const [index, item] of items.entries()) refuseUnsupported(item, ['price', 'quantity', 'metadata'], `items[${index}]`)
  const ordered = items.map((item) => ({ price: item.price ?? '', quantity: item.quantity ?? 1 }))
  const lines = resolveLineItems(emulation, ordered, 'subscription')
  checkCustomerCurrency(emulation, customer.id, lines[0]?.currency ?? 'usd')
  const { trial_end: trialEnd, ...data } = params
  if (trialEnd === 'now')
    throw invalidRequest('A subscription without a trial needs no trial_end.', 'trial_end', 'emulator_unsupported')
  const paymentMethod = params.default_payment_method ?? customer.invoice_settings.default_payment_method
  const method = emulation.store.paymentMethods.get(paymentMethod ?? '')
  const trial = trialEnd !== undefined || params.trial_period_days !== undefined
  const due = trial ? 0 : lines.reduce((sum, line) => sum + line.amount_subtotal, 0)
  if (due > 0 && method === undefined)
    throw invalidRequest(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
      undefined,
      'resource_missing',
    )
  if (due > 0 && method?.failsCharges === true && params.payment_behavior === 'error_if_incomplete')
    throw new StripeError(402, { type: 'card_error', code: genericDecline.code, message: genericDecline.message })
  const subscription = addSubscription(emulation, {
    customer: customer.id,
    currency: lines[0]?.currency ?? 'usd',
    lines,
    data: {
      ...(data.billing_mode === undefined ? {} : { billing_mode: data.billing_mode }),
      ...(data.description === undefined ? {} : { description: data.description }),
      ...(data.metadata === undefined ? {} : { metadata: data.metadata || {} }),
      ...(trialEnd === undefined ? {} : { trial_end: trialEnd }),
      ...(data.trial_period_days === undefined ? {} : { trial_period_days: data.trial_period_days }),
    },
    paymentMethod: params.default_payment_method ?? null,
    automaticTax: params.automatic_tax?.enabled ?? false,
  })
  if (params.cancel_at_period_end === true) {
    subscription.cancel_at_period_end = true
    subscription.cancel_at = subscription.items.data[0]?.current_period_end ?? null
  }
  const discount = giveDiscount(emulation, subscription, params.discounts || [])
  const started = subscription.status
  if (due > 0) subscription.status = 'incomplete'
  emit(emulation, cause, 'customer.subscription.created', subscription)
  const coupon = emulation.store.coupons.get(discount?.source.coupon ?? '')
  const invoice = addInvoice(emulation, {
    reason: 'subscription_create',
    currency: subscription.currency,
    customer,
    email: null,
    subscription,
    lines: subscriptionLines(emulation, subscription, { trial: started === 'trialing', coupon }),
    discount,
    metadata: {},
    automaticTax: subscription.automatic_tax.enabled,
  })
  subscription.latest_invoice = invoice.id
  emit(emulation, cause, 'invoice.created', invoice)
  chargeRenewal(emulation, subscription, invoice)
  return subscription
}
