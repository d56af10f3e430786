// What Stripe's ids begin with, as far as we tell one kind of object from another by it. @see https://docs.stripe.com/api

const prefixes = {
  checkoutSession: ['cs_'],
  customer: ['cus_'],
  invoice: ['in_'],
  paymentIntent: ['pi_'],
  /** Prices of an older API are called plans. */
  price: ['price_', 'plan_'],
  product: ['prod_'],
  subscription: ['sub_'],
} as const

export const isCheckoutSessionId = ofKind('checkoutSession')
export const isCustomerId = ofKind('customer')
export const isInvoiceId = ofKind('invoice')
export const isPaymentIntentId = ofKind('paymentIntent')
export const isPriceId = ofKind('price')
export const isStripeProductId = ofKind('product')
export const isSubscriptionId = ofKind('subscription')

/** A whole id that a client sent, fit to be asked for at Stripe. */
export const CHECKOUT_SESSION_ID = wholeIdOf('checkoutSession')
/** As `CHECKOUT_SESSION_ID`. */
export const CUSTOMER_ID = wholeIdOf('customer')

function ofKind(kind: keyof typeof prefixes): (text: string) => boolean {
  return (text) => prefixes[kind].some((prefix) => text.startsWith(prefix))
}

function wholeIdOf(kind: keyof typeof prefixes): RegExp {
  return new RegExp(`^${prefixes[kind][0]}\\w{1,250}$`)
}
