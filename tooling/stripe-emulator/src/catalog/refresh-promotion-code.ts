import type { Emulation } from '../core/emulation.ts'
import type { PromotionCode } from '../core/wire.ts'
import { refreshCoupon } from './refresh-coupon.ts'

/** A code ends on its expiry, with its last redemption, or with its coupon. */
export function refreshPromotionCode(emulation: Emulation, promotionCode: PromotionCode): PromotionCode {
  const expired = promotionCode.expires_at !== null && emulation.clock.now() > promotionCode.expires_at
  const usedUp = promotionCode.max_redemptions !== null && promotionCode.times_redeemed >= promotionCode.max_redemptions
  if (expired || usedUp || !couponIsValid(emulation, promotionCode)) promotionCode.active = false
  return promotionCode
}

export function couponIsValid(emulation: Emulation, promotionCode: PromotionCode): boolean {
  const coupon = emulation.store.coupons.get(promotionCode.promotion.coupon ?? '')
  return coupon !== undefined && refreshCoupon(emulation, coupon).valid
}
