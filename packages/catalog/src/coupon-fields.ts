import type { Coupon, CouponFields, StripePromotion } from './coupon.ts'
import type { CouponRequest } from './coupon-request.ts'
import { type CouponOwner, couponProblems } from './coupon-rules.ts'
import { present } from './present.ts'
import { problem, refuseFirst } from './problem.ts'
import type { Product } from './product.ts'

type Owner = Pick<Product, 'id'> & CouponOwner

/** @throws DomainError `invalid_payload` naming the field */
export function newCoupon(product: Owner, request: CouponRequest): CouponFields {
  if (request.code === undefined) refuseFirst([problem('is required', 'code')])
  return checkedCoupon(product, { productId: product.id, ...couponAsked(request) })
}

/** What a creation asks for, defaults filled in; nothing is checked. */
export function couponAsked(request: CouponRequest): Omit<CouponFields, 'productId'> {
  return {
    code: request.code ?? '',
    active: request.active ?? true,
    behavior: request.behavior ?? 'product_override',
    ...limitsOf(request, undefined),
    ...promotionOf(request, undefined),
  }
}

/**
 * The coupon after a change. Dashboards never send seat bounds and Stripe's ids, so these are kept when absent; limits and metadata they do send,
 * so there absent means cleared.
 *
 * @throws DomainError `invalid_payload` naming the field
 */
export function changedCoupon(product: Owner, existing: Coupon, request: CouponRequest): CouponFields {
  return checkedCoupon(product, {
    productId: product.id,
    code: request.code ?? existing.code,
    active: request.active ?? existing.active,
    behavior: request.behavior ?? existing.behavior,
    ...limitsOf(request, existing),
    ...promotionOf(request, existing),
  })
}

/** The fields of a stored coupon that a write names. */
export function fieldsOfCoupon(coupon: Coupon): CouponFields {
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, revision: _revision, ...fields } = coupon
  return fields
}

/** @throws DomainError `invalid_payload` naming the first field that breaks a rule */
export function checkedCoupon(product: CouponOwner, coupon: CouponFields): CouponFields {
  refuseFirst(couponProblems(product, coupon))
  return coupon
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
