import type { Emulation } from '../core/emulation.ts'
import { invalidRequest, noSuchParameter } from '../core/stripe-error.ts'
import type { Coupon, PromotionCode } from '../core/wire.ts'
import { refreshCoupon } from './refresh-coupon.ts'
import { refreshPromotionCode } from './refresh-promotion-code.ts'

export interface Terms {
  coupon: Coupon
  promotionCode: PromotionCode | null
}

/** Looks up what `discounts[0]` names. @throws StripeError 400 for unknown or used-up coupons and codes */
export function termsOf(emulation: Emulation, discount: { coupon?: string; promotion_code?: string }): Terms | null {
  if (discount.promotion_code !== undefined) {
    const found = emulation.store.promotionCodes.get(discount.promotion_code)
    if (found === undefined) throw noSuchParameter('promotion code', discount.promotion_code, 'discounts[0][promotion_code]')
    const promotionCode = refreshPromotionCode(emulation, found)
    if (!promotionCode.active) throw invalidRequest('This promotion code is inactive.', 'discounts[0][promotion_code]')
    return { coupon: validCoupon(emulation, promotionCode.promotion.coupon ?? '', 'discounts[0][promotion_code]'), promotionCode }
  }
  if (discount.coupon === undefined) return null
  return { coupon: validCoupon(emulation, discount.coupon, 'discounts[0][coupon]'), promotionCode: null }
}

function validCoupon(emulation: Emulation, id: string, param: string): Coupon {
  const coupon = emulation.store.coupons.get(id)
  if (coupon === undefined) throw noSuchParameter('coupon', id, param)
  if (!refreshCoupon(emulation, coupon).valid)
    throw invalidRequest(`Coupon ${id} is expired and cannot be used.`, param, 'coupon_expired')
  return coupon
}

/** Why a code cannot be used for this purchase, or `null` when it can. */
export function refusalOf(
  emulation: Emulation,
  terms: Terms,
  purchase: { currency: string; subtotal: number; customer: string | null },
): string | null {
  const { coupon, promotionCode } = terms
  if (coupon.amount_off !== null && coupon.currency !== purchase.currency) return 'This coupon is in another currency.'
  if (promotionCode === null) return null
  const { minimum_amount: minimum, minimum_amount_currency: currency } = promotionCode.restrictions
  if (minimum !== null && currency === purchase.currency && purchase.subtotal < minimum)
    return 'This order does not reach the minimum amount of the code.'
  if (promotionCode.restrictions.first_time_transaction && hasPaid(emulation, purchase.customer))
    return 'This code is for a first purchase only.'
  if (promotionCode.customer !== null && promotionCode.customer !== purchase.customer) return 'This code is for another customer.'
  return null
}

function hasPaid(emulation: Emulation, customer: string | null): boolean {
  return customer !== null && emulation.store.charges.newestFirst().some((charge) => charge.customer === customer && charge.paid)
}
