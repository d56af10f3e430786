import type { Emulation } from '../core/emulation.ts'
import type { Coupon } from '../core/wire.ts'

/** `valid` is computed: it ends at `redeem_by` and with the last redemption. */
export function refreshCoupon(emulation: Emulation, coupon: Coupon): Coupon {
  const usedUp = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions
  const tooLate = coupon.redeem_by !== null && emulation.clock.now() > coupon.redeem_by
  coupon.valid = !usedUp && !tooLate
  return coupon
}
