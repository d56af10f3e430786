import { termsOf } from '../catalog/discount-terms.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Coupon, Discount, Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { addInterval } from './period.ts'

export interface DiscountOrder {
  coupon: Coupon
  promotionCode: string | null
  customer: string | null
  session: string | null
  subscription: string | null
}

/** A coupon as applied to one customer's purchase; counts as one redemption of the coupon and the code. */
export function addDiscount(emulation: Emulation, order: DiscountOrder): Discount {
  const start = emulation.clock.now()
  const { coupon } = order
  coupon.times_redeemed += 1
  const promotionCode = emulation.store.promotionCodes.get(order.promotionCode ?? '')
  if (promotionCode !== undefined) promotionCode.times_redeemed += 1
  return emulation.store.discounts.add({
    id: emulation.ids.next('di_'),
    object: 'discount',
    checkout_session: order.session,
    customer: order.customer,
    customer_account: null,
    end: coupon.duration === 'repeating' ? addInterval(start, 'month', coupon.duration_in_months ?? 1) : null,
    invoice: null,
    invoice_item: null,
    promotion_code: order.promotionCode,
    source: { coupon: coupon.id, type: 'coupon' },
    start,
    subscription: order.subscription,
    subscription_item: null,
  })
}

/** The coupon a subscription's discount still gives on a renewal; `once` was spent on the first invoice. */
export function renewalCoupon(
  emulation: Emulation,
  discountId: string | undefined,
): { coupon: Coupon; discount: Discount } | null {
  const discount = emulation.store.discounts.get(discountId ?? '')
  const coupon = emulation.store.coupons.get(discount?.source.coupon ?? '')
  if (discount === undefined || coupon === undefined || coupon.duration === 'once') return null
  if (discount.end !== null && emulation.clock.now() >= discount.end) return null
  return { coupon, discount }
}

/** Puts a discount on a subscription outside of a checkout, in place of the one it has. @param discounts  at most one; none takes it away */
export function giveDiscount(
  emulation: Emulation,
  subscription: Subscription,
  discounts: readonly { coupon?: string; promotion_code?: string; discount?: string }[],
): Discount | null {
  const [wanted] = discounts
  if (discounts.length > 1 || wanted?.discount !== undefined)
    throw invalidRequest('The emulator takes one coupon or promotion code.', 'discounts', 'emulator_unsupported')
  const terms = wanted === undefined ? null : termsOf(emulation, wanted)
  if (terms === null) {
    subscription.discounts = []
    return null
  }
  const discount = addDiscount(emulation, {
    coupon: terms.coupon,
    promotionCode: terms.promotionCode?.id ?? null,
    customer: subscription.customer,
    session: null,
    subscription: subscription.id,
  })
  subscription.discounts = [discount.id]
  emit(emulation, byItself, 'customer.discount.created', discount)
  return discount
}
