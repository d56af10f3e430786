import type { CouponFields, StripePromotion } from './coupon.ts'
import { leastCharge, stepProblems } from './currency.ts'
import { type Problem, problem } from './problem.ts'
import type { Product } from './product.ts'

/** What a coupon's rules need of its product; what could not be read of it is absent. */
export type CouponOwner = Partial<Pick<Product, 'currency' | 'unitAmountMinor' | 'pricingMode'>>

/**
 * A checkout carries a coupon's metadata beside our own, and Stripe takes 50 keys in all.
 *
 * @see https://docs.stripe.com/api/metadata
 */
const MOST_COUPON_METADATA_KEYS = 30

/** The characters that Stripe takes in a code. @see https://docs.stripe.com/api/promotion_codes/create (code) */
const PROMOTION_CODE = /^[A-Za-z0-9-]{1,64}$/

/** Every rule between the fields of a coupon and with its product, for the configuration file and the API alike. */
export function couponProblems(product: CouponOwner, coupon: Omit<CouponFields, 'productId'>): Problem[] {
  const { minManagedProducts: min, maxManagedProducts: max, behavior, stripePromotion } = coupon
  const problems: Problem[] = []
  if (min !== undefined && max !== undefined && max < min)
    problems.push(problem('must not be below minManagedProducts', 'maxManagedProducts'))
  if (Object.keys(coupon.metadata).length > MOST_COUPON_METADATA_KEYS)
    problems.push(
      problem(`must have at most ${MOST_COUPON_METADATA_KEYS} entries: a checkout needs the rest of Stripe's 50`, 'metadata'),
    )
  if (behavior !== 'stripe_promotion') return problems
  if (!PROMOTION_CODE.test(coupon.code))
    problems.push(problem('must be letters, digits and dashes for stripe_promotion: Stripe takes no others', 'code'))
  if (stripePromotion === undefined) problems.push(problem('is required for stripe_promotion', 'stripePromotion'))
  else problems.push(...promotionProblems(product, stripePromotion))
  return problems
}

function promotionProblems(product: CouponOwner, promotion: StripePromotion): Problem[] {
  const problems: Problem[] = []
  const refuse = (message: string, field: string) => problems.push(problem(message, 'stripePromotion', field))
  const { percentOff, amountOff, currency, duration, durationInMonths, couponId, promotionId } = promotion
  if (percentOff !== undefined && amountOff !== undefined) refuse('and percentOff exclude each other', 'amountOff')
  if (percentOff === undefined && amountOff === undefined && couponId === undefined && promotionId === undefined)
    refuse('or amountOff is required', 'percentOff')
  if (amountOff !== undefined && percentOff === undefined && currency === undefined)
    refuse('is required with amountOff', 'currency')
  if (currency !== undefined && product.currency !== undefined && currency !== product.currency)
    refuse('must be the currency of the product', 'currency')
  if (duration === 'repeating' && durationInMonths === undefined)
    refuse('is required with duration repeating', 'durationInMonths')
  if (duration !== 'repeating' && durationInMonths !== undefined) refuse('belongs to duration repeating only', 'durationInMonths')
  return problems.length > 0 ? problems : restProblems(product, promotion)
}

/** What is left to pay of a fixed price: Stripe refuses a checkout of less than its least charge. */
function restProblems({ currency, unitAmountMinor: price, pricingMode }: CouponOwner, promotion: StripePromotion): Problem[] {
  const { percentOff, amountOff } = promotion
  if (currency === undefined) return []
  if (amountOff !== undefined) {
    const steps = stepProblems(currency, amountOff, 'stripePromotion', 'amountOff')
    if (steps.length > 0) return steps
  }
  if (price === undefined || price === 0 || pricingMode !== 'fixed') return []
  const off = amountOff ?? Math.round((price * (percentOff ?? 0)) / 100)
  const rest = Math.max(0, price - off)
  if (rest === 0 || rest >= leastCharge(currency)) return []
  const field = amountOff === undefined ? 'percentOff' : 'amountOff'
  return [problem("leaves less to pay than Stripe's least charge", 'stripePromotion', field)]
}
