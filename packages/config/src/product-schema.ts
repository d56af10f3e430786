import { z } from 'zod'
import { flag, leaf, optionalLeaf, optionalText, readOneOf, readPositive, readTextLike, readWhole, Wrong, whole } from './leaf.ts'
import { isMap } from './read-yaml.ts'

// Shapes of the catalog in the file; rules between their keys stand in check-product.ts.

const NOT_A_MAP = 'must be a map'
const MAX_COUNT = 2_147_483_647
const MAX_SEATS = 1_000_000
const MAX_AMOUNT = 99_999_999

/** A limit that may be absent; 0 means absent too. */
const optionalCount = (max: number) => optionalLeaf(readWhole(0, max)).transform((value) => (value === 0 ? undefined : value))

/** Within Stripe's limits, so that it can travel there. */
const metadata = leaf((value) => {
  const wrong = new Wrong('must be a map of text to text: at most 50 entries, keys of 1 to 40, values of at most 500 characters')
  if (!isMap(value)) return wrong
  const entries = Object.entries(value).map(([key, part]) => [key, typeof part === 'object' ? undefined : String(part)] as const)
  const fits = ([key, part]: readonly [string, string | undefined]): boolean =>
    key !== '' && key.length <= 40 && part !== undefined && part.length <= 500
  if (entries.length > 50 || !entries.every(fits)) return wrong
  return Object.fromEntries(entries.map(([key, part = '']) => [key, part]))
})

export const readCurrency = readTextLike({
  lowerCase: true,
  pattern: /^[a-z]{3}$/,
  message: 'must be a three-letter currency code',
})
export const readProductKey = readTextLike({ max: 128, lowerCase: true })
export const readProductType = readOneOf('subscription', 'one_off')
export const readInterval = readOneOf('day', 'week', 'month', 'quarter', 'year', 'one_time')
export const readBehavior = readOneOf('product_override', 'stripe_promotion')
export const readCount = readWhole(0, MAX_COUNT)
const slug = leaf(
  readTextLike({
    max: 128,
    pattern: /^(?!seat-usage$)[a-z0-9][a-z0-9._-]*$/,
    message: 'must be lower-case letters, digits, dots, dashes and underscores (and not seat-usage)',
  }),
)

const tier = z
  .object(
    {
      upper_bound: optionalCount(MAX_COUNT),
      amount: optionalCount(MAX_AMOUNT),
      factor: optionalLeaf(readPositive(1_000_000)),
      per_unit: flag.optional(),
    },
    NOT_A_MAP,
  )
  .transform((value) =>
    present({ upperBound: value.upper_bound, amount: value.amount, factor: value.factor, perUnit: value.per_unit }),
  )

const component = z
  .object(
    { product_key: leaf(readProductKey), quantity: whole(1, 1000).default(1), managed_products: optionalCount(MAX_SEATS) },
    NOT_A_MAP,
  )
  .transform((value) =>
    present({ productKey: value.product_key, quantity: value.quantity, managedProducts: value.managed_products }),
  )

const promotion = z
  .object(
    {
      percent_off: optionalLeaf(readPositive(100)),
      amount_off: optionalLeaf(readWhole(1, MAX_AMOUNT)),
      currency: optionalLeaf(readCurrency),
      duration: optionalLeaf(readOneOf('forever', 'once', 'repeating')),
      duration_in_months: optionalLeaf(readWhole(1, 120)),
      max_redemptions: optionalLeaf(readWhole(1, MAX_COUNT)),
      coupon_id: optionalText,
      promotion_id: optionalText,
    },
    NOT_A_MAP,
  )
  .transform((value) =>
    present({
      percentOff: value.percent_off,
      amountOff: value.amount_off,
      currency: value.currency,
      duration: value.duration,
      durationInMonths: value.duration_in_months,
      maxRedemptions: value.max_redemptions,
      couponId: value.coupon_id,
      promotionId: value.promotion_id,
    }),
  )

const coupon = z
  .object(
    {
      code: leaf(readTextLike({ pattern: /^\S{1,64}$/, message: 'must be 1 to 64 characters without white space' })),
      active: flag.default(true),
      behavior: leaf(readBehavior).default('product_override'),
      max_per_group: optionalCount(MAX_COUNT),
      max_total: optionalCount(MAX_COUNT),
      min_managed_products: optionalCount(MAX_SEATS),
      max_managed_products: optionalCount(MAX_SEATS),
      metadata: metadata.default({}),
      stripe: promotion.optional(),
    },
    NOT_A_MAP,
  )
  .transform((value) =>
    present({
      code: value.code,
      active: value.active,
      behavior: value.behavior,
      maxPerGroup: value.max_per_group,
      maxTotal: value.max_total,
      minManagedProducts: value.min_managed_products,
      maxManagedProducts: value.max_managed_products,
      metadata: value.metadata,
      // Otherwise the sync would make a promotion code for a coupon that Stripe has no part in.
      stripePromotion: value.behavior === 'stripe_promotion' ? value.stripe : undefined,
    }),
  )

/** A product of the configuration file; the names that come out are those of the stored catalog. Amounts in minor units. */
export const ConfigProductSchema = z
  .object(
    {
      slug,
      name: leaf(readTextLike({ max: 255 })),
      description: optionalLeaf(readTextLike({ max: 4096 })),
      type: leaf(readProductType).default('subscription'),
      // The two last names are those of older files and mean fixed.
      pricing_mode: leaf(readOneOf('fixed', 'tiered', 'recurring', 'one_time')).default('fixed'),
      plan: leaf(readTextLike({ max: 128, lowerCase: true })),
      product_key: leaf(readProductKey),
      active: flag.default(true),
      internal: flag.default(false),
      currency: leaf(readCurrency).default('usd'),
      unit_amount: whole(0, MAX_AMOUNT),
      base_amount: optionalCount(MAX_AMOUNT),
      billing_interval: optionalLeaf(readInterval),
      billing_interval_count: whole(1, 1095).default(1),
      trial_period_days: whole(0, 730).default(0),
      term_duration_days: optionalCount(36_500),
      max_license_total: optionalCount(MAX_COUNT),
      max_managed_products: optionalCount(MAX_SEATS),
      lookup_key: optionalLeaf(readTextLike({ max: 200 })),
      stripe_product_id: optionalText,
      stripe_price_id: optionalText,
      metadata: metadata.default({}),
      pricing_tiers: z.array(tier, 'must be a list of tiers').max(100, 'must have at most 100 tiers').default([]),
      bundled_products: z.array(component, 'must be a list of components').default([]),
      coupons: z.array(coupon, 'must be a list of coupons').default([]),
    },
    NOT_A_MAP,
  )
  .transform((value) => ({
    product: present({
      slug: value.slug,
      name: value.name,
      description: value.description,
      type: value.type,
      plan: value.plan,
      productKey: value.product_key,
      pricingMode: value.pricing_mode === 'tiered' ? ('tiered' as const) : ('fixed' as const),
      active: value.active,
      internal: value.internal,
      currency: value.currency,
      unitAmountMinor: value.unit_amount,
      baseAmountMinor: value.base_amount ?? value.unit_amount,
      billingInterval: value.billing_interval ?? (value.type === 'one_off' ? ('one_time' as const) : ('month' as const)),
      billingIntervalCount: value.billing_interval_count,
      trialPeriodDays: value.trial_period_days,
      termDurationDays: value.term_duration_days,
      maxLicenseTotal: value.max_license_total,
      maxManagedProducts: value.max_managed_products,
      lookupKey: value.lookup_key ?? value.slug,
      stripeProductId: value.stripe_product_id,
      stripePriceId: value.stripe_price_id,
      metadata: value.metadata,
      // Evaluation order: bounded tiers ascending, the open-ended one last.
      pricingTiers: value.pricing_tiers.toSorted((a, b) => (a.upperBound ?? MAX_COUNT + 1) - (b.upperBound ?? MAX_COUNT + 1)),
      bundledProducts: value.bundled_products,
    }),
    coupons: value.coupons,
  }))

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves unset keys out, which the compiler cannot see by itself: `Object.fromEntries` forgets what it was given. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<T>
}
