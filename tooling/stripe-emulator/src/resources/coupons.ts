import type Stripe from 'stripe'
import { refreshCoupon } from '../catalog/refresh-coupon.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { checkCurrency } from '../core/limits.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, missingParameter, noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Coupon, Wire } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

export const couponRoutes: RouteTable = {
  'POST /v1/coupons': handler<Stripe.CouponCreateParams>(({ emulation, params, cause }) => {
    const { store } = emulation
    if (params.id !== undefined && store.coupons.get(params.id) !== undefined) {
      throw invalidRequest('Coupon already exists.', 'id', 'resource_already_exists')
    }
    checkTerms(params)
    if (params.redeem_by !== undefined && params.redeem_by <= emulation.clock.now())
      throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', 'redeem_by')
    for (const [index, product] of (params.applies_to?.products ?? []).entries()) {
      if (store.products.get(product) === undefined) throw noSuchParameter('product', product, `applies_to[products][${index}]`)
    }
    const coupon = store.coupons.add(buildCoupon(emulation, params))
    if (params.applies_to?.products !== undefined) store.couponProducts.set(coupon.id, params.applies_to.products)
    emit(emulation, cause, 'coupon.created', coupon)
    return coupon
  }),
  'GET /v1/coupons': handler<Stripe.CouponListParams>(({ emulation, params }) => {
    const items = emulation.store.coupons
      .newestFirst()
      .map((coupon) => refreshCoupon(emulation, coupon))
      .filter((coupon) => inRange(coupon.created, params.created))
    return listPage(items, params, '/v1/coupons')
  }),
  'GET /v1/coupons/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/coupons/{id}': handler<Stripe.CouponUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['expand', 'metadata', 'name'])
    const coupon = find(emulation, id)
    const before = structuredClone(coupon)
    if (params.name !== undefined) coupon.name = params.name
    coupon.metadata = mergeMetadata(coupon.metadata ?? {}, params.metadata)
    emit(emulation, cause, 'coupon.updated', coupon, changedFields(before, coupon))
    return coupon
  }),
  'DELETE /v1/coupons/{id}': ({ emulation, id, cause }) => {
    const coupon = find(emulation, id)
    emulation.store.coupons.delete(id)
    coupon.valid = false
    for (const code of emulation.store.promotionCodes.newestFirst()) if (code.promotion.coupon === id) code.active = false
    emit(emulation, cause, 'coupon.deleted', coupon)
    return { id, object: 'coupon', deleted: true }
  },
}

function find(emulation: Emulation, id: string): Coupon {
  const coupon = emulation.store.coupons.get(id)
  if (coupon === undefined) throw noSuch('coupon', id)
  return refreshCoupon(emulation, coupon)
}

function checkTerms(params: Wire<Stripe.CouponCreateParams>): void {
  if (params.percent_off === undefined && params.amount_off === undefined) throw missingParameter('percent_off')
  if (params.percent_off !== undefined && params.amount_off !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: percent_off, amount_off.', 'percent_off')
  }
  if (params.percent_off !== undefined && (params.percent_off <= 0 || params.percent_off > 100)) {
    throw invalidRequest('Invalid percent_off: must be greater than 0 and at most 100.', 'percent_off')
  }
  if (params.amount_off !== undefined && params.amount_off <= 0)
    throw invalidRequest('Invalid positive integer', 'amount_off', 'parameter_invalid_integer')
  if (params.amount_off !== undefined && params.currency === undefined) throw missingParameter('currency')
  if (params.currency !== undefined) checkCurrency(params.currency)
  if (params.duration === 'repeating' && params.duration_in_months === undefined) throw missingParameter('duration_in_months')
  if (params.duration !== 'repeating' && params.duration_in_months !== undefined) {
    throw invalidRequest('`duration_in_months` may only be used with `duration=repeating`.', 'duration_in_months')
  }
}

function buildCoupon(emulation: Emulation, params: Wire<Stripe.CouponCreateParams>): Coupon {
  return {
    id: params.id ?? emulation.ids.next('', 8),
    object: 'coupon',
    amount_off: params.amount_off ?? null,
    created: emulation.clock.now(),
    currency: params.currency?.toLowerCase() ?? null,
    duration: params.duration ?? 'once',
    duration_in_months: params.duration_in_months ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: params.percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  }
}
