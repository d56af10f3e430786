import type { PricingTier } from './product.ts'

interface Priced {
  readonly pricingMode: 'fixed' | 'tiered'
  readonly unitAmountMinor: number
  readonly baseAmountMinor: number
  readonly pricingTiers: readonly PricingTier[]
}

/**
 * Total price of a purchase in the currency's minor unit: the number the storefront computes and shows, so the one to charge.
 *
 * @param managedProducts  seats bought; floored. Ignored by fixed prices
 * @returns `undefined` when there is no price: a quantity that is not above 0, or tiers of which none applies
 */
export function priceOf(product: Priced, managedProducts: number | undefined): number | undefined {
  if (product.pricingMode === 'fixed') return product.unitAmountMinor
  const seats = Math.floor(managedProducts ?? Number.NaN)
  if (!(seats > 0)) return undefined
  if (product.pricingTiers.length === 0) return defaultPrice(product.baseAmountMinor, seats)
  const tier = tierFor(product.pricingTiers, seats)
  return tier === undefined ? undefined : tierPrice(tier, product.baseAmountMinor, seats)
}

/** The first bounded tier that reaches the quantity, else the first open-ended one. */
function tierFor(tiers: readonly PricingTier[], seats: number): PricingTier | undefined {
  return (
    tiers.find((tier) => tier.upperBound !== undefined && seats <= tier.upperBound) ??
    tiers.find((tier) => tier.upperBound === undefined)
  )
}

/** An explicit amount is flat, whatever else the tier says; a factor is applied to one unit and rounded before it is multiplied. */
function tierPrice(tier: PricingTier, baseAmountMinor: number, seats: number): number {
  if (tier.amount !== undefined && tier.amount > 0) return tier.amount
  const unit = tier.factor === undefined ? baseAmountMinor : Math.floor(baseAmountMinor * tier.factor + 0.5)
  return tier.perUnit === true ? unit * seats : unit
}

/** A tiered product without tiers. Not monotonic on purpose: 16 seats cost less than 15. */
function defaultPrice(baseAmountMinor: number, seats: number): number {
  if (baseAmountMinor <= 0) return 0
  if (seats <= 3) return baseAmountMinor
  if (seats <= 10) return 10 * baseAmountMinor
  if (seats <= 15) return 15 * baseAmountMinor
  return Math.floor((4 * baseAmountMinor * seats + 2) / 5)
}
