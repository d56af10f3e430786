import { isRecurring } from './billing-interval.ts'
import { bundleSizeProblems } from './bundle-size.ts'
import { chargeProblems, stepProblems } from './currency.ts'
import { priceOf } from './price.ts'
import { type Problem, problem } from './problem.ts'
import type { BundleComponent, PricingTier, Product } from './product.ts'

/** The fields between which there are rules. What could not be read is absent, so that a wrong field never hides another's problem. */
export interface Ruled
  extends Partial<
    Pick<
      Product,
      | 'type'
      | 'productKey'
      | 'pricingMode'
      | 'currency'
      | 'unitAmountMinor'
      | 'baseAmountMinor'
      | 'billingInterval'
      | 'billingIntervalCount'
    >
  > {
  readonly pricingTiers: readonly (PricingTier | undefined)[]
  readonly bundledProducts: readonly (BundleComponent | undefined)[]
}

/** How many intervals make three years, Stripe's longest period. */
const MOST_INTERVALS = { day: 1095, week: 156, month: 36, quarter: 12, year: 3, one_time: 1 } as const

/**
 * Every rule between the fields of a product, for the configuration file and the API alike.
 *
 * @param productKeys  lower-case, those with a signing key; `undefined` where they are not known
 * @see https://docs.stripe.com/api/prices/create (recurring.interval_count: at most three years)
 */
export function productProblems(product: Ruled, productKeys: readonly string[] | undefined): Problem[] {
  return [
    ...keyProblems(product, productKeys),
    ...intervalProblems(product),
    ...priceProblems(product),
    ...componentProblems(product),
    ...bundleSizeProblems(product.bundledProducts),
  ]
}

function keyProblems({ productKey }: Ruled, productKeys: readonly string[] | undefined): Problem[] {
  const unsigned = productKey !== undefined && productKeys !== undefined && !productKeys.includes(productKey)
  return unsigned ? [problem('has no signing key', 'productKey')] : []
}

function intervalProblems({ type, billingInterval: interval, billingIntervalCount: count }: Ruled): Problem[] {
  if (interval === undefined) return []
  const problems: Problem[] = []
  if (type !== undefined && isRecurring(interval) !== (type === 'subscription')) {
    const allowed = type === 'one_off' ? 'must be one_time for a one-off product' : 'must recur for a subscription'
    problems.push(problem(allowed, 'billingInterval'))
  }
  if (count !== undefined && count > MOST_INTERVALS[interval])
    problems.push(problem(`must be at most ${MOST_INTERVALS[interval]}: three years`, 'billingIntervalCount'))
  return problems
}

function priceProblems(product: Ruled): Problem[] {
  const { currency, pricingMode, unitAmountMinor } = product
  const problems = tierListProblems(product.pricingTiers)
  if (currency === undefined || unitAmountMinor === undefined) return problems
  if (pricingMode === 'fixed') return [...problems, ...chargeProblems(currency, unitAmountMinor, 'unitAmount')]
  problems.push(...stepProblems(currency, unitAmountMinor, 'unitAmount'))
  if (pricingMode === 'tiered') problems.push(...tierProblems(product, currency))
  return problems
}

function tierListProblems(tiers: readonly (PricingTier | undefined)[]): Problem[] {
  const bounds = tiers.filter((tier) => tier !== undefined).map((tier) => tier.upperBound)
  const bounded = bounds.filter((bound) => bound !== undefined)
  const problems: Problem[] = []
  if (bounds.length - bounded.length > 1) problems.push(problem('must have at most one tier without upperBound', 'pricingTiers'))
  if (new Set(bounded).size !== bounded.length) problems.push(problem('must not use an upperBound twice', 'pricingTiers'))
  return problems
}

/** What the fewest seats of each tier cost. A base amount above 0 is not to be multiplied down to nothing. */
function tierProblems(product: Ruled, currency: string): Problem[] {
  const { baseAmountMinor } = product
  const tiers = product.pricingTiers
  if (baseAmountMinor === undefined) return []
  const priced = (pricingTiers: readonly PricingTier[], seats: number) =>
    priceOf({ pricingMode: 'tiered', unitAmountMinor: 0, baseAmountMinor, pricingTiers }, seats) ?? 0
  if (tiers.length === 0) return chargeProblems(currency, baseAmountMinor, 'baseAmount')
  const bounds = tiers.flatMap((tier) => (tier?.upperBound === undefined ? [] : [tier.upperBound]))
  return tiers.flatMap((tier, index) => {
    if (tier === undefined) return []
    const fewest = 1 + Math.max(0, ...bounds.filter((bound) => bound < (tier.upperBound ?? Number.POSITIVE_INFINITY)))
    const total = priced([{ ...tier, upperBound: undefined }], fewest)
    const field = tier.amount === undefined ? (tier.factor === undefined ? [] : ['factor']) : ['amount']
    if (total === 0 && baseAmountMinor > 0) return [problem('makes a price of nothing', 'pricingTiers', index, ...field)]
    return chargeProblems(currency, total, 'pricingTiers', index, ...field)
  })
}

function componentProblems({ productKey, bundledProducts }: Ruled): Problem[] {
  const keys = bundledProducts.map((component) => component?.productKey)
  return keys.flatMap((key, index) => {
    if (key === undefined) return []
    if (key === productKey) return [problem("must not be the bundle's own key", 'bundledProducts', index, 'productKey')]
    if (keys.indexOf(key) !== index)
      return [problem('is in the bundle twice; use quantity', 'bundledProducts', index, 'productKey')]
    return []
  })
}
