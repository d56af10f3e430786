import { type Coupon, type LicenseMode, type Product, stripeRecurring } from '@licenseoperator/catalog'
import { DomainError } from '@licenseoperator/domain'
import type { Stripe } from 'stripe'

export interface SessionPlan {
  readonly product: Product
  readonly coupon: Coupon | undefined
  readonly mode: LicenseMode
  /** Total in the currency's minor unit. */
  readonly amountMinor: number
  readonly trialPeriodDays: number
  readonly customerId: string | undefined
  readonly email: string | undefined
  readonly reservationId: string
  readonly metadata: Record<string, string>
  readonly expiresAt: Date
  readonly successUrl: string
  readonly cancelUrl: string
  readonly automaticTax: boolean
  /** Stripe price of automatic maintenance, which recurs; only for products that have it. */
  readonly maintenancePriceId?: string | undefined
}

/**
 * The Stripe checkout session for a purchase. Fixed prices use the product's Stripe price; tiered totals are computed by us and sent as inline
 * price data with quantity 1, so that the invoice equals what the storefront showed. Automatic maintenance is a second line, which recurs.
 *
 * @see https://docs.stripe.com/api/checkout/sessions/create
 */
export function sessionParams(plan: SessionPlan): Stripe.Checkout.SessionCreateParams {
  const subscription = plan.mode === 'subscription' || plan.mode === 'perpetual_auto'
  const customer =
    plan.customerId === undefined
      ? {
          ...(plan.email === undefined ? {} : { customer_email: plan.email }),
          ...(subscription ? {} : { customer_creation: 'always' as const }),
        }
      : { customer: plan.customerId, ...(plan.automaticTax ? { customer_update: { address: 'auto' as const } } : {}) }
  return {
    mode: subscription ? 'subscription' : 'payment',
    line_items: [
      lineItem(plan),
      ...(plan.maintenancePriceId === undefined ? [] : [{ price: plan.maintenancePriceId, quantity: 1 }]),
    ],
    success_url: plan.successUrl,
    cancel_url: plan.cancelUrl,
    client_reference_id: plan.reservationId,
    expires_at: Math.floor(plan.expiresAt.getTime() / 1000),
    metadata: plan.metadata,
    ...customer,
    ...(plan.automaticTax ? { automatic_tax: { enabled: true } } : {}),
    ...(plan.coupon?.behavior === 'stripe_promotion' ? { discounts: [{ promotion_code: promotionCode(plan.coupon) }] } : {}),
    ...(subscription
      ? {
          subscription_data: {
            metadata: plan.metadata,
            ...(plan.trialPeriodDays > 0 && plan.mode === 'subscription' ? { trial_period_days: plan.trialPeriodDays } : {}),
          },
        }
      : { payment_intent_data: { metadata: plan.metadata } }),
  }
}

function lineItem({ product, amountMinor }: SessionPlan): Stripe.Checkout.SessionCreateParams.LineItem {
  if (product.pricingMode === 'fixed' && product.stripePriceId !== undefined) return { price: product.stripePriceId, quantity: 1 }
  const recurring = stripeRecurring(product.billingInterval, product.billingIntervalCount)
  return {
    quantity: 1,
    price_data: {
      currency: product.currency,
      unit_amount: amountMinor,
      ...(product.stripeProductId === undefined
        ? { product_data: { name: product.name } }
        : { product: product.stripeProductId }),
      ...(recurring === undefined ? {} : { recurring }),
    },
  }
}

function promotionCode(coupon: Coupon): string {
  const id = coupon.stripePromotion?.promotionId
  if (id !== undefined) return id
  throw new DomainError('invalid_payload', 'invalid request: couponCode is not known to the payment provider yet', {
    field: 'couponCode',
  })
}
