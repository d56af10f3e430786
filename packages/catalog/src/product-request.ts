import { text } from '@licenseoperator/domain'
import { z } from 'zod'
import { billingIntervals } from './billing-interval.ts'
import { CouponRequest } from './coupon-request.ts'
import {
  Currency,
  limit,
  lowerCased,
  MAX_AMOUNT_MINOR,
  MAX_COUNT,
  MAX_SEATS,
  Metadata,
  oneOf,
  StripeId,
} from './request-fields.ts'

export const PricingTierRequest = z
  .object({
    upperBound: z.int().positive().max(MAX_COUNT).optional().meta({ description: 'Inclusive; absent on the open-ended tier' }),
    amount: z.int().positive().max(MAX_AMOUNT_MINOR).optional().meta({ description: 'Total for the tier in minor units' }),
    factor: z.number().positive().max(1_000_000).optional().meta({ description: 'Multiplier of the base amount' }),
    perUnit: z.boolean().optional(),
  })
  .refine((tier) => Object.values(tier).some((value) => value !== undefined), 'must set at least one of its fields')
  .meta({ id: 'PricingTierRequest' })

export const BundleComponentRequest = z
  .object({
    productKey: lowerCased(128),
    quantity: z.int().positive().max(1000).default(1),
    managedProducts: z.int().positive().max(MAX_SEATS).optional(),
  })
  .meta({ id: 'BundleComponentRequest' })

/**
 * What an administrator sends of a product, to create or to change it. Amounts in the currency's minor unit. Rules between fields:
 * `productProblems`; what an absent field means: `newProduct` and `changedProduct`.
 */
export const ProductRequest = z
  .object({
    slug: z
      .string()
      .trim()
      .regex(/^(?!seat-usage$)[a-z0-9][a-z0-9._-]{0,127}$/, 'must be lower-case letters, digits, dots, dashes, underscores')
      .optional()
      .meta({ description: 'Required on creation; never changes' }),
    name: text({ max: 255 }).optional().meta({ description: 'Required on creation' }),
    description: text({ min: 0, max: 4096, multiline: true }).optional(),
    type: oneOf(['subscription', 'one_off']).optional().meta({ description: 'Default: subscription' }),
    plan: lowerCased(128).optional().meta({ description: 'Required on creation' }),
    productKey: lowerCased(128).optional().meta({ description: 'Required on creation; must have a signing key' }),
    pricingMode: oneOf(['fixed', 'tiered', 'recurring', 'one_time'])
      .transform((mode) => (mode === 'tiered' ? ('tiered' as const) : ('fixed' as const)))
      .optional()
      .meta({ description: 'Default: fixed. `recurring` and `one_time` mean fixed' }),
    active: z.boolean().optional(),
    internal: z.boolean().optional(),
    configManaged: z
      .boolean()
      .optional()
      .meta({ description: 'The configuration file owns it: the next sync overwrites changes' }),
    currency: Currency.optional().meta({ description: 'Default: usd' }),
    unitAmount: z.int().min(0).max(MAX_AMOUNT_MINOR).optional().meta({ description: 'Required on creation; minor units' }),
    baseAmount: limit(MAX_AMOUNT_MINOR).meta({ description: 'Minor units; 0 or absent: unitAmount' }),
    billingInterval: oneOf(billingIntervals).optional(),
    billingIntervalCount: z.int().positive().max(1095).optional().meta({ description: 'At most three years in all' }),
    trialPeriodDays: z.int().min(0).max(730).optional(),
    termDurationDays: z.int().positive().max(36_500).optional().meta({ description: 'One-off products only' }),
    maxLicenseTotal: limit(MAX_COUNT).meta({ description: 'Licenses ever sold; 0 or absent: no cap' }),
    maxManagedProducts: limit(MAX_SEATS).meta({ description: 'Seats of one purchase; 0 or absent: no limit' }),
    lookupKey: text({ min: 0, max: 200 })
      .regex(/^[\x20-\x7e]*$/, 'must be ASCII')
      .transform((value) => (value.trim() === '' ? undefined : value.trim()))
      .optional()
      .meta({ description: 'Unique among active products; default on creation: the slug' }),
    stripeProductId: StripeId,
    stripePriceId: StripeId,
    metadata: Metadata.refine(
      (entries) => Object.keys(entries).length < 50,
      'must have at most 49 entries: one of the 50 that Stripe takes is ours',
    ).optional(),
    pricingTiers: z.array(PricingTierRequest).max(100).optional(),
    bundledProducts: z.array(BundleComponentRequest).max(100).optional(),
    coupons: z
      .array(CouponRequest)
      .max(100)
      .optional()
      .meta({ description: 'Created, or updated when the code exists; none is deleted' }),
  })
  .meta({
    id: 'ProductRequest',
    examples: [
      {
        slug: 'core-once',
        name: 'Core',
        type: 'one_off',
        plan: 'core',
        productKey: 'core',
        pricingMode: 'fixed',
        currency: 'usd',
        unitAmount: 21_900,
        billingInterval: 'one_time',
        termDurationDays: 365,
      },
    ],
  })
export type ProductRequest = z.infer<typeof ProductRequest>
