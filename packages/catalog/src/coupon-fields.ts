import type { Coupon, StripePromotion } from './coupon.ts'
import type { CouponRequest } from './coupon-request.ts'
import { present } from './present.ts'
import type { Product } from './product.ts'
import { refuseField } from './refuse-field.ts'

export type CouponFields = Omit<Coupon, 'id' | 'createdAt' | 'updatedAt'>
type Owner = Pick<Product, 'id' | 'currency'>

/** @throws DomainError `invalid_payload` naming the field */
export function newCoupon(product: Owner, request: CouponRequest): CouponFields {
  if (request.code === undefined) throw refuseField('code', 'is required')
  return checked(product, {
    productId: product.id,
    code: request.code,
    active: request.active ?? true,
    behavior: request.behavior ?? 'product_override',
    ...limitsOf(request, undefined),
    ...promotionOf(request, undefined),
  })
}

/**
 * The coupon after a change. Dashboards never send seat bounds and Stripe's ids, so these are kept when absent; limits and metadata they do send,
 * so there absent means cleared.
 *
 * @throws DomainError `invalid_payload` naming the field
 */
export function changedCoupon(product: Owner, existing: Coupon, request: CouponRequest): CouponFields {
  return checked(product, {
    productId: product.id,
    code: request.code ?? existing.code,
    active: request.active ?? existing.active,
    behavior: request.behavior ?? existing.behavior,
    ...limitsOf(request, existing),
    ...promotionOf(request, existing),
  })
}

function limitsOf(request: CouponRequest, existing: Coupon | undefined) {
  const minManagedProducts = request.minManagedProducts ?? existing?.minManagedProducts
  const maxManagedProducts = request.maxManagedProducts ?? existing?.maxManagedProducts
  return {
    ...(request.maxPerGroup === undefined ? {} : { maxPerGroup: request.maxPerGroup }),
    ...(request.maxTotal === undefined ? {} : { maxTotal: request.maxTotal }),
    ...(minManagedProducts === undefined ? {} : { minManagedProducts }),
    ...(maxManagedProducts === undefined ? {} : { maxManagedProducts }),
    metadata: request.metadata ?? {},
  }
}

function promotionOf(request: CouponRequest, existing: Coupon | undefined): { stripePromotion?: StripePromotion } {
  const behavior = request.behavior ?? existing?.behavior ?? 'product_override'
  const before = existing?.stripePromotion
  if (behavior === 'product_override') return {}
  const asked = request.stripePromotion
  if (asked === undefined) return before === undefined ? {} : { stripePromotion: before }
  const { couponId, promotionId, maxRedemptions = before?.maxRedemptions, ...terms } = asked
  const discount = present(terms)
  // Stripe coupons cannot be changed: another discount, number of redemptions or code needs new ones, which the catalog sync makes.
  const same =
    before !== undefined &&
    before.maxRedemptions === maxRedemptions &&
    (request.code ?? existing?.code) === existing?.code &&
    discountKeys.every((key) => before[key] === discount[key])
  const idOf = (sent: string | undefined, old: string | undefined) => (same ? (sent ?? old) : sent === old ? undefined : sent)
  const ids = present({
    couponId: idOf(couponId, before?.couponId),
    promotionId: idOf(promotionId, before?.promotionId),
  })
  return { stripePromotion: { ...discount, ...(maxRedemptions === undefined ? {} : { maxRedemptions }), ...ids } }
}

const discountKeys = ['percentOff', 'amountOff', 'currency', 'duration', 'durationInMonths'] as const

function checked(product: Owner, coupon: CouponFields): CouponFields {
  const { minManagedProducts: min, maxManagedProducts: max, behavior, stripePromotion } = coupon
  if (min !== undefined && max !== undefined && max < min)
    throw refuseField('maxManagedProducts', 'must not be below minManagedProducts')
  if (behavior === 'stripe_promotion') {
    if (stripePromotion === undefined) throw refuseField('stripePromotion', 'is required for stripe_promotion')
    checkPromotion(product, stripePromotion)
  }
  return coupon
}

function checkPromotion(product: Owner, promotion: StripePromotion): void {
  const refuse = (field: string, reason: string) => refuseField(`stripePromotion.${field}`, reason)
  const { percentOff, amountOff, currency, duration, durationInMonths, couponId, promotionId } = promotion
  if (percentOff !== undefined && amountOff !== undefined) throw refuse('amountOff', 'and percentOff exclude each other')
  if (percentOff === undefined && amountOff === undefined && couponId === undefined && promotionId === undefined)
    throw refuse('percentOff', 'or amountOff is required')
  if (amountOff !== undefined && currency === undefined) throw refuse('currency', 'is required with amountOff')
  if (currency !== undefined && currency !== product.currency) throw refuse('currency', 'must be the currency of the product')
  if (duration === 'repeating' && durationInMonths === undefined)
    throw refuse('durationInMonths', 'is required with duration repeating')
  if (duration !== 'repeating' && durationInMonths !== undefined)
    throw refuse('durationInMonths', 'belongs to duration repeating only')
}
