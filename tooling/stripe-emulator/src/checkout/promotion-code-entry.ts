import { refusalOf, termsOf } from '../catalog/discount-terms.ts'
import { applyCoupon } from '../catalog/line-items.ts'
import { refreshPromotionCode } from '../catalog/refresh-promotion-code.ts'
import type { Emulation } from '../core/emulation.ts'
import type { StoredSession } from '../core/stored-session.ts'
import { StripeError } from '../core/stripe-error.ts'
import { currencyOf } from './create-session.ts'
import { sumUp, totalsOf } from './session-totals.ts'

/** Applies a code typed on the page to the session. Returns why not, or `null`. */
export function applyPromotionCode(emulation: Emulation, stored: StoredSession, entered: string): string | null {
  const { session, plan } = stored
  const code = entered.trim()
  if (code === '' || plan.coupon !== null) return null
  if (session.allow_promotion_codes !== true) return 'This checkout takes no promotion codes.'
  const found = emulation.store.promotionCodes
    .newestFirst()
    .map((entry) => refreshPromotionCode(emulation, entry))
    .find((entry) => entry.active && entry.code.toLowerCase() === code.toLowerCase())
  const terms = found && termsOf(emulation, { promotion_code: found.id })
  if (!terms) return 'This code is invalid.'
  const refusal = refusalOf(emulation, terms, purchaseOf(stored))
  if (refusal !== null) return refusal
  plan.coupon = terms.coupon.id
  plan.promotionCode = found?.id ?? null
  applyCoupon(emulation, plan.lineItems, terms.coupon)
  sumUp(stored)
  session.discounts = [{ coupon: null, promotion_code: plan.promotionCode }]
  return null
}

/** A coupon may have been used up between the page and Pay. Returns why the payment cannot go on, or `null`. */
export function discountStillGood(emulation: Emulation, stored: StoredSession): string | null {
  const { plan } = stored
  if (plan.coupon === null) return null
  try {
    const terms = termsOf(
      emulation,
      plan.promotionCode === null ? { coupon: plan.coupon } : { promotion_code: plan.promotionCode },
    )
    return terms && refusalOf(emulation, terms, purchaseOf(stored))
  } catch (error) {
    if (error instanceof StripeError) return 'The discount is no longer available.'
    throw error
  }
}

function purchaseOf({ session, plan }: StoredSession) {
  return {
    currency: currencyOf(plan.lineItems),
    subtotal: totalsOf(plan.lineItems).subtotal,
    customer: session.customer,
  }
}
