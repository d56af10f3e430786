import { z } from 'zod'
import { billingIntervals } from './billing-interval.ts'

/** One step of a tiered price. It prices the whole quantity; tiers are not graduated. Amounts in the currency's minor unit. */
export const PricingTier = z.object({
  upperBound: z.int().positive().optional(),
  amount: z.int().positive().optional(),
  factor: z.number().positive().optional(),
  perUnit: z.boolean().optional(),
})
export type PricingTier = z.infer<typeof PricingTier>

export const BundleComponent = z.object({
  productKey: z.string().min(1),
  quantity: z.int().positive().default(1),
  managedProducts: z.int().positive().optional(),
})
export type BundleComponent = z.infer<typeof BundleComponent>

/**
 * A product of the catalog as it is stored. Amounts are integers in the currency's minor unit; `undefined` means unset, never 0.
 */
export const Product = z.object({
  id: z.int().positive(),
  slug: z.string(),
  name: z.string(),
  description: z.string().optional(),
  type: z.enum(['subscription', 'one_off']),
  plan: z.string(),
  productKey: z.string(),
  pricingMode: z.enum(['fixed', 'tiered']),
  active: z.boolean(),
  internal: z.boolean(),
  configManaged: z.boolean(),
  currency: z.string().length(3),
  unitAmountMinor: z.int().nonnegative(),
  baseAmountMinor: z.int().nonnegative(),
  billingInterval: z.enum(billingIntervals),
  billingIntervalCount: z.int().positive(),
  trialPeriodDays: z.int().nonnegative(),
  termDurationDays: z.int().positive().optional(),
  /** The cap: how many licenses may be sold in all; what counts towards it has `takesLicense`. */
  maxLicenseTotal: z.int().positive().optional(),
  maxManagedProducts: z.int().positive().optional(),
  lookupKey: z.string().optional(),
  stripeProductId: z.string().optional(),
  stripePriceId: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
  pricingTiers: z.array(PricingTier),
  bundledProducts: z.array(BundleComponent),
  createdAt: z.date(),
  updatedAt: z.date(),
  /** Raised by every change of it. */
  revision: z.int().nonnegative().default(0),
})
export type Product = z.infer<typeof Product>
