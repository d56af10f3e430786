import { billingIntervals } from '@licenseoperator/catalog'
import type { AdminProduct } from '@licenseoperator/catalog-admin'
import { rfc3339 } from '@licenseoperator/domain'
import { z } from 'zod'
import { CouponBody, couponBody } from './coupon-body.ts'
import { InstantOut } from './fields.ts'
import { PricingTierBody, pricingTierBody } from './pricing-tier.ts'
import { BundledProduct, filled } from './public-product.ts'

const example = {
  slug: 'core-once',
  name: 'Core',
  type: 'one_off',
  plan: 'core',
  productKey: 'core',
  pricingMode: 'fixed',
  active: true,
  internal: false,
  configManaged: false,
  currency: 'usd',
  unitAmount: 21_900,
  baseAmount: 21_900,
  billingInterval: 'one_time',
  billingIntervalCount: 1,
  trialPeriodDays: 0,
  termDurationDays: 365,
  lookupKey: 'core-once',
  stripeProductId: 'prod_NWjs8kKbJWmuuc',
  stripePriceId: 'price_1MoBy5LkdIwHu7ix',
  coupons: [],
  createdAt: '2026-03-01T09:30:00Z',
  updatedAt: '2026-03-01T09:30:00Z',
} as const

export const ProductBody = z
  .object({
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
    currency: z.string(),
    unitAmount: z.int().meta({ description: 'Minor units' }),
    baseAmount: z.int().optional().meta({ description: 'Minor units' }),
    billingInterval: z.enum(billingIntervals),
    billingIntervalCount: z.int().min(1),
    trialPeriodDays: z.int(),
    termDurationDays: z.int().optional(),
    maxLicenseTotal: z.int().optional(),
    maxManagedProducts: z.int().optional(),
    lookupKey: z.string().optional(),
    stripeProductId: z.string().optional(),
    stripePriceId: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    pricingTiers: z.array(PricingTierBody).optional(),
    bundledProducts: z.array(BundledProduct).optional(),
    coupons: z.array(CouponBody),
    createdAt: InstantOut,
    updatedAt: InstantOut,
  })
  .meta({
    id: 'Product',
    examples: [example],
  })

export const ProductPage = z
  .object({ items: z.array(ProductBody), page: z.int(), pageSize: z.int(), total: z.int() })
  .meta({ id: 'ProductPage', examples: [{ items: [example], page: 1, pageSize: 20, total: 1 }] })

/** What a dashboard shows and sends back; an unset field is absent, never 0 or empty. */
export function productBody({ product, coupons, bundled }: AdminProduct): z.infer<typeof ProductBody> {
  const { termDurationDays, maxLicenseTotal, maxManagedProducts, metadata, pricingTiers } = product
  return {
    slug: product.slug,
    name: product.name,
    ...filled({
      description: product.description,
      lookupKey: product.lookupKey,
      stripeProductId: product.stripeProductId,
      stripePriceId: product.stripePriceId,
    }),
    type: product.type,
    plan: product.plan,
    productKey: product.productKey,
    pricingMode: product.pricingMode,
    active: product.active,
    internal: product.internal,
    configManaged: product.configManaged,
    currency: product.currency,
    unitAmount: product.unitAmountMinor,
    ...(product.baseAmountMinor === 0 ? {} : { baseAmount: product.baseAmountMinor }),
    billingInterval: product.billingInterval,
    billingIntervalCount: product.billingIntervalCount,
    trialPeriodDays: product.trialPeriodDays,
    ...(termDurationDays === undefined ? {} : { termDurationDays }),
    ...(maxLicenseTotal === undefined ? {} : { maxLicenseTotal }),
    ...(maxManagedProducts === undefined ? {} : { maxManagedProducts }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(pricingTiers.length === 0 ? {} : { pricingTiers: pricingTiers.map(pricingTierBody) }),
    ...(bundled.length === 0 ? {} : { bundledProducts: [...bundled] }),
    coupons: coupons.map(couponBody),
    createdAt: rfc3339(product.createdAt),
    updatedAt: rfc3339(product.updatedAt),
  }
}
