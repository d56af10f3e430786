import type { ConfigProblem } from './config-error.ts'
import { Wrong } from './leaf.ts'
import { readBehavior, readCount, readCurrency, readInterval, readProductKey, readProductType } from './product-schema.ts'
import { isMap, type Raw } from './read-yaml.ts'

// Rules between the keys of one product. They read the raw data and keep silent about keys that are wrong by themselves, so that a
// wrong key never hides them.

/** How many intervals make three years, Stripe's longest period. */
const MAX_INTERVALS = { day: 1095, week: 156, month: 36, quarter: 12, year: 3, one_time: Number.POSITIVE_INFINITY } as const

export function checkProduct(product: Raw, path: string): ConfigProblem[] {
  const type = valid(readProductType(product.type ?? 'subscription'))
  const interval = valid(readInterval(product.billing_interval ?? (type === 'one_off' ? 'one_time' : 'month')))
  const count = valid(readCount(product.billing_interval_count ?? 1))
  const problems: ConfigProblem[] = []
  const refuse = (key: string, message: string) => problems.push({ path: `${path}.${key}`, message })
  if (type === 'subscription' && interval === 'one_time') refuse('billing_interval', 'must recur for a subscription')
  if (type === 'one_off' && interval !== undefined && interval !== 'one_time') {
    refuse('billing_interval', 'must be one_time for a one_off product')
  }
  if (interval !== undefined && count !== undefined && count > MAX_INTERVALS[interval]) {
    refuse('billing_interval_count', 'must not make a period of more than three years')
  }
  problems.push(...checkTiers(product, `${path}.pricing_tiers`), ...checkComponents(product, `${path}.bundled_products`))
  const currency = valid(readCurrency(product.currency ?? 'usd'))
  problems.push(...repeated(maps(product.coupons), 'code', `${path}.coupons`, 'is used twice on this product'))
  for (const [index, coupon] of maps(product.coupons).entries()) {
    if (coupon !== undefined) problems.push(...checkCoupon(coupon, currency, `${path}.coupons[${index}]`))
  }
  return problems
}

/** Entries of a list; `undefined` in the place of one that is no map, so that indexes stay true. */
export function maps(value: unknown): (Raw | undefined)[] {
  return Array.isArray(value) ? value.map((part) => (isMap(part) ? part : undefined)) : []
}

/** A problem for each entry whose text at `key` occurred before, letter case and outer white space aside. */
export function repeated(entries: readonly (Raw | undefined)[], key: string, path: string, message: string): ConfigProblem[] {
  const seen = new Set<unknown>()
  return entries.flatMap((entry, index) => {
    const value = entry?.[key]
    const name = typeof value === 'string' ? value.trim().toLowerCase() : value
    if (name === undefined || name === '') return []
    if (seen.has(name)) return [{ path: `${path}[${index}].${key}`, message }]
    seen.add(name)
    return []
  })
}

function checkTiers(product: Raw, path: string): ConfigProblem[] {
  const tiers = maps(product.pricing_tiers)
  const isUnset = (value: unknown) => value === undefined || value === 0 || value === '' || value === false
  const isEmpty = (tier: Raw) =>
    [tier.upper_bound, tier.amount, tier.per_unit].every(isUnset) && (tier.factor === undefined || tier.factor === '')
  const empty = tiers.flatMap((tier, index) =>
    tier !== undefined && isEmpty(tier)
      ? [{ path: `${path}[${index}]`, message: 'must set at least one of upper_bound, amount, factor and per_unit' }]
      : [],
  )
  const open = tiers.flatMap((tier, index) => (tier !== undefined && isUnset(tier.upper_bound) ? [index] : []))
  const bounded = tiers.map((tier) => (tier === undefined || isUnset(tier.upper_bound) ? undefined : tier))
  return [
    ...empty,
    ...open.slice(1).map((index) => ({ path: `${path}[${index}].upper_bound`, message: 'is missing from more than one tier' })),
    ...repeated(bounded, 'upper_bound', path, 'is used twice'),
  ]
}

function checkComponents(product: Raw, path: string): ConfigProblem[] {
  const components = maps(product.bundled_products)
  const own = valid(readProductKey(product.product_key))
  const selfContained = components.flatMap((component, index) =>
    own !== undefined && valid(readProductKey(component?.product_key)) === own
      ? [{ path: `${path}[${index}].product_key`, message: "must not be the bundle's own key" }]
      : [],
  )
  return [...selfContained, ...repeated(components, 'product_key', path, 'is in the bundle twice; use quantity')]
}

function checkCoupon(coupon: Raw, currency: string | undefined, path: string): ConfigProblem[] {
  const [min, max] = [coupon.min_managed_products, coupon.max_managed_products].map((value) => valid(readCount(value)))
  const problems: ConfigProblem[] = []
  if (min && max && min > max)
    problems.push({ path: `${path}.max_managed_products`, message: 'must not be below min_managed_products' })
  const promotes = valid(readBehavior(coupon.behavior ?? 'product_override')) === 'stripe_promotion'
  if (promotes && coupon.stripe === undefined)
    problems.push({ path: `${path}.stripe`, message: 'is required for stripe_promotion' })
  if (isMap(coupon.stripe)) problems.push(...checkPromotion(coupon.stripe, currency, `${path}.stripe`))
  return problems
}

function checkPromotion(promotion: Raw, productCurrency: string | undefined, path: string): ConfigProblem[] {
  const has = (key: string) => promotion[key] !== undefined && promotion[key] !== ''
  const problems: ConfigProblem[] = []
  const refuse = (key: string, message: string) => problems.push({ path: `${path}.${key}`, message })
  const atStripe = has('coupon_id') || has('promotion_id')
  if (has('percent_off') && has('amount_off')) refuse('amount_off', 'and percent_off exclude each other')
  if (!atStripe && !has('percent_off') && !has('amount_off')) {
    problems.push({ path, message: 'needs percent_off or amount_off, or the id of a coupon that exists at Stripe' })
  }
  // Stripe refuses an amount without it, which would show only at the sync.
  if (has('amount_off') && !has('percent_off') && !has('currency')) refuse('currency', 'is required with amount_off')
  const currency = valid(readCurrency(promotion.currency))
  if (currency !== undefined && productCurrency !== undefined && currency !== productCurrency) {
    refuse('currency', 'must be the currency of the product')
  }
  const repeats = promotion.duration === 'repeating'
  if (repeats && !has('duration_in_months')) refuse('duration_in_months', 'is required with duration: repeating')
  if (!repeats && has('duration_in_months')) refuse('duration_in_months', 'belongs to duration: repeating only')
  return problems
}

function valid<T>(result: T | Wrong): T | undefined {
  return result instanceof Wrong ? undefined : result
}
