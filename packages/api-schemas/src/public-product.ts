import { type Coupon, isRecurring, licenseModeOf, type Product } from '@licenseoperator/catalog'
import type { BundledPart } from '@licenseoperator/catalog-admin'
import { z } from 'zod'
import { PricingTierBody, pricingTierBody } from './pricing-tier.ts'

export const PublicCoupon = z
  .object({ code: z.string(), active: z.boolean(), maxPerGroup: z.int().optional(), maxTotal: z.int().optional() })
  .meta({ id: 'PublicCoupon' })

export const BundledProduct = z
  .object({
    productKey: z.string(),
    productSlug: z.string(),
    plan: z.string(),
    type: z.string(),
    pricingMode: z.string(),
    quantity: z.int().min(1),
    managedProducts: z.int().optional(),
  })
  .meta({ id: 'BundledProduct' })

const example = {
  slug: 'team-year',
  name: 'Team',
  plan: 'team',
  lookupKey: 'team-year',
  features: ['SSO'],
  currency: 'usd',
  unitAmount: 9900,
  baseAmount: 9900,
  pricingMode: 'tiered',
  pricingTiers: [
    { upperBound: 3, amount: 9900 },
    { factor: 0.225, perUnit: true },
  ],
  interval: 'year',
  licenseType: 'subscription',
  coupons: [{ code: 'tier10', active: true, maxPerGroup: 1 }],
} as const

export const PublicProduct = z
  .object({
    slug: z.string(),
    name: z.string(),
    plan: z.string(),
    description: z.string().optional(),
    lookupKey: z.string().optional(),
    stripeProductId: z.string().optional(),
    stripePriceId: z.string().optional(),
    features: z.array(z.string()),
    currency: z.string(),
    unitAmount: z.int().meta({ description: 'Minor units' }),
    baseAmount: z.int().optional().meta({ description: 'Minor units' }),
    pricingMode: z.enum(['fixed', 'tiered']),
    pricingTiers: z.array(PricingTierBody).optional(),
    interval: z.string().optional().meta({ description: 'Billing interval; absent for one-off and perpetual products' }),
    licenseType: z.enum(['subscription', 'one_off', 'perpetual_manual', 'perpetual_auto']),
    maxManagedProducts: z.int().optional(),
    coupons: z.array(PublicCoupon),
    bundledProducts: z.array(BundledProduct).optional(),
  })
  .meta({ id: 'PublicProduct', examples: [example] })

/** Entries of the product's own `features`, else those of the configuration: the admin API has no field for them. */
export function featuresOf(product: Product, fallback: readonly string[]): string[] {
  const productFeatures = (product.metadata.features ?? '')
    .split(/[\n;]/)
    .map((feature) => feature.trim())
    .filter((feature) => feature !== '')
  return productFeatures.length > 0 ? productFeatures : [...fallback]
}

/** Zero never stands for "unset": the dashboards send back what they got and refuse a 0 there. */
export function publicProduct(
  product: Product,
  about: { coupons: readonly Coupon[]; bundled: readonly BundledPart[]; features: readonly string[] },
): z.infer<typeof PublicProduct> {
  return {
    slug: product.slug,
    name: product.name,
    plan: product.plan,
    ...filled({
      description: product.description,
      lookupKey: product.lookupKey,
      stripeProductId: product.stripeProductId,
      stripePriceId: product.stripePriceId,
      interval: isRecurring(product.billingInterval) ? product.billingInterval : undefined,
    }),
    features: featuresOf(product, about.features),
    currency: product.currency,
    unitAmount: product.unitAmountMinor,
    ...(product.baseAmountMinor === 0 ? {} : { baseAmount: product.baseAmountMinor }),
    pricingMode: product.pricingMode,
    ...(product.pricingTiers.length === 0 ? {} : { pricingTiers: product.pricingTiers.map(pricingTierBody) }),
    licenseType: licenseModeOf(product),
    ...(product.maxManagedProducts === undefined ? {} : { maxManagedProducts: product.maxManagedProducts }),
    coupons: about.coupons.map((coupon) => ({
      code: coupon.code,
      active: coupon.active,
      ...(coupon.maxPerGroup === undefined ? {} : { maxPerGroup: coupon.maxPerGroup }),
      ...(coupon.maxTotal === undefined ? {} : { maxTotal: coupon.maxTotal }),
    })),
    ...(about.bundled.length === 0 ? {} : { bundledProducts: [...about.bundled] }),
  }
}

/** The texts that are there and not empty. */
export function filled<K extends string>(texts: Record<K, string | undefined>): Partial<Record<K, string>> {
  const present: Partial<Record<K, string>> = {}
  for (const key in texts) if (texts[key] !== undefined && texts[key] !== '') present[key] = texts[key]
  return present
}
