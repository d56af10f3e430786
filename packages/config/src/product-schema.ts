import { z } from 'zod'
import { flag, text, whole } from './leaf.ts'

const AMOUNT = whole(0, 99_999_999)
const MAX_COUNT = 2_147_483_647
/** 0 means unset wherever an unset limit is allowed. */
const optionalCount = (max: number) =>
  whole(0, max)
    .transform((value) => (value === 0 ? undefined : value))
    .optional()
const metadata = z
  .record(z.string().min(1).max(40), z.union([z.string(), z.number(), z.boolean()]).transform(String).pipe(z.string().max(500)), {
    error: 'must be a map of text to text (at most 40 and 500 characters)',
  })
  .refine((value) => Object.keys(value).length <= 50, 'must have at most 50 entries')
const currency = text.toLowerCase().regex(/^[a-z]{3}$/, 'must be a three-letter currency code')

const tier = z
  .object({
    upper_bound: optionalCount(MAX_COUNT),
    amount: optionalCount(99_999_999),
    factor: z.number('must be a number').positive('must be above 0').optional(),
    per_unit: flag.optional(),
  })
  .refine(
    (value) => Object.values(value).some((part) => part !== undefined && part !== false),
    'must set at least one of its keys',
  )
  .transform((value) =>
    present({ upperBound: value.upper_bound, amount: value.amount, factor: value.factor, perUnit: value.per_unit }),
  )

const promotion = z
  .object({
    percent_off: z.number('must be a number').positive('must be above 0').max(100, 'must be at most 100').optional(),
    amount_off: whole(1, 99_999_999).optional(),
    currency: currency.optional(),
    duration: z.enum(['forever', 'once', 'repeating'], 'must be forever, once or repeating').optional(),
    duration_in_months: whole(1, 120).optional(),
    max_redemptions: whole(1, MAX_COUNT).optional(),
    coupon_id: text.optional(),
    promotion_id: text.optional(),
  })
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
  .object({
    code: text.min(1, 'is required').max(64, 'must have at most 64 characters').regex(/^\S+$/, 'must not hold white space'),
    active: flag.default(true),
    behavior: z
      .enum(['product_override', 'stripe_promotion'], 'must be product_override or stripe_promotion')
      .default('product_override'),
    max_per_group: optionalCount(MAX_COUNT),
    max_total: optionalCount(MAX_COUNT),
    min_managed_products: optionalCount(1_000_000),
    max_managed_products: optionalCount(1_000_000),
    metadata: metadata.default({}),
    stripe: promotion.optional(),
  })
  .refine((value) => value.behavior !== 'stripe_promotion' || value.stripe !== undefined, {
    path: ['stripe'],
    error: 'is required for stripe_promotion',
  })
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
      stripePromotion: value.stripe,
    }),
  )

const recurring = ['day', 'week', 'month', 'quarter', 'year'] as const

/** A product of the configuration file; the names that come out are those of the stored catalog. Amounts in minor units. */
export const ConfigProductSchema = z
  .object({
    slug: text.toLowerCase().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'must be lower-case letters, digits, dot, dash or underscore'),
    name: text.min(1, 'is required').max(255),
    description: text.max(4096).optional(),
    type: z.enum(['subscription', 'one_off'], 'must be subscription or one_off').default('subscription'),
    pricing_mode: z.enum(['fixed', 'tiered', 'recurring', 'one_time'], 'must be fixed or tiered').default('fixed'),
    plan: text.toLowerCase().min(1, 'is required').max(128),
    product_key: text.toLowerCase().min(1, 'is required').max(128),
    active: flag.default(true),
    internal: flag.default(false),
    currency: currency.default('usd'),
    unit_amount: AMOUNT,
    base_amount: AMOUNT.optional(),
    billing_interval: z.enum([...recurring, 'one_time'], 'must be day, week, month, quarter, year or one_time').optional(),
    billing_interval_count: whole(1, 1095).default(1),
    trial_period_days: whole(0, 730).default(0),
    term_duration_days: optionalCount(36_500),
    max_license_total: optionalCount(MAX_COUNT),
    max_managed_products: optionalCount(1_000_000),
    lookup_key: text.max(200).optional(),
    stripe_product_id: text.optional(),
    stripe_price_id: text.optional(),
    metadata: metadata.default({}),
    pricing_tiers: z.array(tier).max(100).default([]),
    bundled_products: z
      .array(
        z
          .object({
            product_key: text.toLowerCase().min(1),
            quantity: whole(1, 1000).default(1),
            managed_products: optionalCount(1_000_000),
          })
          .transform((value) =>
            present({ productKey: value.product_key, quantity: value.quantity, managedProducts: value.managed_products }),
          ),
      )
      .default([]),
    coupons: z.array(coupon).default([]),
  })
  .refine((value) => value.type === 'one_off' || value.billing_interval !== 'one_time', {
    path: ['billing_interval'],
    error: 'must recur for a subscription',
  })
  .refine((value) => value.type === 'subscription' || (value.billing_interval ?? 'one_time') === 'one_time', {
    path: ['billing_interval'],
    error: 'must be one_time for a one_off product',
  })
  .transform((value) => ({
    product: present({
      slug: value.slug,
      name: value.name,
      description: value.description === '' ? undefined : value.description,
      type: value.type,
      plan: value.plan,
      productKey: value.product_key,
      pricingMode: value.pricing_mode === 'tiered' ? ('tiered' as const) : ('fixed' as const),
      active: value.active,
      internal: value.internal,
      currency: value.currency,
      unitAmountMinor: value.unit_amount,
      baseAmountMinor: value.base_amount === undefined || value.base_amount === 0 ? value.unit_amount : value.base_amount,
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
      pricingTiers: value.pricing_tiers.toSorted(
        (a, b) => (a.upperBound ?? Number.POSITIVE_INFINITY) - (b.upperBound ?? Number.POSITIVE_INFINITY),
      ),
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
