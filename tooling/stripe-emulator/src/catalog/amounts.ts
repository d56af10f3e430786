import type { Coupon, Price } from '../core/wire.ts'

type Tiers = NonNullable<Price['tiers']>

/** What `quantity` of a price costs, in minor units, before discounts. */
export function amountOf(price: Price, tiers: Tiers | undefined, quantity: number): number {
  if (tiers === undefined) {
    const packages = price.transform_quantity
    const units =
      packages === null
        ? quantity
        : packages.round === 'up'
          ? Math.ceil(quantity / packages.divide_by)
          : Math.floor(quantity / packages.divide_by)
    return Math.round(Number(price.unit_amount_decimal ?? price.unit_amount ?? 0) * units)
  }
  return price.tiers_mode === 'volume' ? volumeAmount(tiers, quantity) : graduatedAmount(tiers, quantity)
}

/** The tier the whole quantity falls into prices every unit. */
function volumeAmount(tiers: Tiers, quantity: number): number {
  const tier = tiers.find(({ up_to }) => up_to === null || quantity <= up_to)
  return Math.round(Number(tier?.unit_amount_decimal ?? 0) * quantity + Number(tier?.flat_amount_decimal ?? 0))
}

/** Each unit is priced by the tier it falls into. */
function graduatedAmount(tiers: Tiers, quantity: number): number {
  let total = 0
  let counted = 0
  for (const tier of tiers) {
    const units = Math.min(quantity, tier.up_to ?? quantity) - counted
    if (units <= 0) break
    total += Number(tier.unit_amount_decimal ?? 0) * units + Number(tier.flat_amount_decimal ?? 0)
    counted += units
  }
  return Math.round(total)
}

/**
 * A coupon spread over the lines: a percentage of each, or an amount shared in proportion, the last line taking the rounding.
 *
 * @param products  the coupon's products; lines of others get nothing
 */
export function discountsOf(
  coupon: Coupon | undefined,
  products: readonly string[] | undefined,
  lines: readonly { amount: number; product: string }[],
): number[] {
  if (coupon === undefined) return lines.map(() => 0)
  const eligible = lines.map((line) => (products === undefined || products.includes(line.product) ? line.amount : 0))
  const { percent_off: percent } = coupon
  if (percent !== null) return eligible.map((amount) => Math.round((amount * percent) / 100))
  const base = eligible.reduce((sum, amount) => sum + amount, 0)
  const total = Math.min(coupon.amount_off ?? 0, base)
  const last = eligible.findLastIndex((amount) => amount > 0)
  let left = total
  return eligible.map((amount, index) => {
    const share = index === last ? left : base === 0 ? 0 : Math.floor((total * amount) / base)
    left -= share
    return share
  })
}
