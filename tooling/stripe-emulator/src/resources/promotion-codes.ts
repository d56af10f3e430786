import type Stripe from 'stripe'
import { refreshCoupon } from '../catalog/refresh-coupon.ts'
import { couponIsValid, refreshPromotionCode } from '../catalog/refresh-promotion-code.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, missingParameter, noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Coupon, PromotionCode, Wire } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

export const promotionCodeRoutes: RouteTable = {
  'POST /v1/promotion_codes': handler<Stripe.PromotionCodeCreateParams>(({ emulation, params, cause }) => {
    const coupon = couponOf(emulation, params)
    if (params.customer !== undefined && emulation.store.customers.get(params.customer) === undefined) {
      throw noSuchParameter('customer', params.customer, 'customer')
    }
    if (
      params.max_redemptions !== undefined &&
      coupon.max_redemptions !== null &&
      params.max_redemptions > coupon.max_redemptions
    ) {
      throw invalidRequest(
        "Promotion code max_redemptions cannot be greater than the coupon's max_redemptions.",
        'max_redemptions',
      )
    }
    const code = params.code ?? emulation.ids.next('', 8).toUpperCase()
    if (!/^[A-Za-z0-9-]{1,500}$/.test(code))
      throw invalidRequest('Promotion codes may only contain letters, digits and dashes.', 'code')
    if (findActive(emulation, code, params.customer ?? null) !== undefined) {
      throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, 'code')
    }
    const promotionCode = emulation.store.promotionCodes.add(buildPromotionCode(emulation, params, coupon.id, code))
    emit(emulation, cause, 'promotion_code.created', promotionCode)
    return promotionCode
  }),
  'GET /v1/promotion_codes': handler<Stripe.PromotionCodeListParams>(({ emulation, params }) => {
    const items = emulation.store.promotionCodes
      .newestFirst()
      .map((code) => refreshPromotionCode(emulation, code))
      .filter((entry) => params.code === undefined || entry.code.toLowerCase() === params.code.toLowerCase())
      .filter((entry) => params.coupon === undefined || entry.promotion.coupon === params.coupon)
      .filter((entry) => params.customer === undefined || entry.customer === params.customer)
      .filter((entry) => params.active === undefined || entry.active === params.active)
      .filter((entry) => inRange(entry.created, params.created))
    return listPage(items, params, '/v1/promotion_codes')
  }),
  'GET /v1/promotion_codes/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/promotion_codes/{id}': handler<Stripe.PromotionCodeUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['active', 'expand', 'metadata'])
    const promotionCode = find(emulation, id)
    const before = structuredClone(promotionCode)
    if (params.active === true && !couponIsValid(emulation, promotionCode)) {
      throw invalidRequest('This promotion code cannot be activated: its coupon is no longer valid.', 'active')
    }
    if (params.active !== undefined) promotionCode.active = params.active
    promotionCode.metadata = mergeMetadata(promotionCode.metadata ?? {}, params.metadata)
    emit(emulation, cause, 'promotion_code.updated', promotionCode, changedFields(before, promotionCode))
    return promotionCode
  }),
}

function find(emulation: Emulation, id: string): PromotionCode {
  const promotionCode = emulation.store.promotionCodes.get(id)
  if (promotionCode === undefined) throw noSuch('promotion code', id)
  return refreshPromotionCode(emulation, promotionCode)
}

function couponOf(emulation: Emulation, params: Wire<Stripe.PromotionCodeCreateParams>): Coupon {
  const id = params.promotion.coupon
  if (id === undefined) throw missingParameter('promotion[coupon]')
  const coupon = emulation.store.coupons.get(id)
  if (coupon === undefined) throw noSuchParameter('coupon', id, 'promotion[coupon]')
  return refreshCoupon(emulation, coupon)
}

/** A code of any spelling that is active for everyone or for this customer. */
function findActive(emulation: Emulation, code: string, customer: string | null): PromotionCode | undefined {
  return emulation.store.promotionCodes
    .newestFirst()
    .map((entry) => refreshPromotionCode(emulation, entry))
    .find(
      (entry) =>
        entry.active &&
        entry.code.toLowerCase() === code.toLowerCase() &&
        (entry.customer === null || entry.customer === customer),
    )
}

function buildPromotionCode(
  emulation: Emulation,
  params: Wire<Stripe.PromotionCodeCreateParams>,
  coupon: string,
  code: string,
): PromotionCode {
  return {
    id: emulation.ids.next('promo_'),
    object: 'promotion_code',
    active: params.active ?? true,
    code,
    created: emulation.clock.now(),
    customer: params.customer ?? null,
    customer_account: null,
    expires_at: params.expires_at ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    promotion: { type: 'coupon', coupon },
    restrictions: {
      first_time_transaction: params.restrictions?.first_time_transaction ?? false,
      minimum_amount: params.restrictions?.minimum_amount ?? null,
      minimum_amount_currency: params.restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  }
}
