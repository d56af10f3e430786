import { isRecurring } from './billing-interval.ts'
import { checkBundleSize } from './bundle-size.ts'
import { present } from './present.ts'
import type { PricingTier, Product } from './product.ts'
import type { ProductRequest } from './product-request.ts'
import { refuseField } from './refuse-field.ts'

export type ProductFields = Omit<Product, 'id' | 'createdAt' | 'updatedAt'>

/**
 * The product that a creation asks for, defaults filled in.
 *
 * @throws DomainError `invalid_payload` naming the required field that is missing
 */
export function newProduct(request: ProductRequest): ProductFields {
  const slug = required('slug', request.slug)
  const unitAmountMinor = required('unitAmount', request.unitAmount)
  const type = request.type ?? 'subscription'
  return present({
    slug,
    name: required('name', request.name),
    description: filled(request.description),
    type,
    plan: required('plan', request.plan),
    productKey: required('productKey', request.productKey),
    pricingMode: request.pricingMode ?? 'fixed',
    active: request.active ?? true,
    internal: request.internal ?? false,
    configManaged: request.configManaged ?? false,
    currency: request.currency ?? 'usd',
    unitAmountMinor,
    baseAmountMinor: request.baseAmount ?? unitAmountMinor,
    billingInterval: request.billingInterval ?? defaultInterval(type),
    billingIntervalCount: type === 'one_off' ? 1 : (request.billingIntervalCount ?? 1),
    trialPeriodDays: request.trialPeriodDays ?? 0,
    termDurationDays: request.termDurationDays,
    maxLicenseTotal: request.maxLicenseTotal,
    maxManagedProducts: request.maxManagedProducts,
    lookupKey: request.lookupKey ?? slug,
    stripeProductId: request.stripeProductId,
    stripePriceId: request.stripePriceId,
    metadata: request.metadata ?? {},
    pricingTiers: inOrder(request.pricingTiers ?? []),
    bundledProducts: components(request),
  })
}

/**
 * The product after a change. What the dashboards leave out when an input is emptied is cleared; what they never send, or always send, is kept.
 *
 * @throws DomainError `invalid_payload` when the body names another slug
 */
export function changedProduct(existing: Product, request: ProductRequest): ProductFields {
  if (request.slug !== undefined && request.slug !== existing.slug) throw refuseField('slug', 'must be the slug of the path')
  const type = request.type ?? existing.type
  const unitAmountMinor = request.unitAmount ?? existing.unitAmountMinor
  const keptInterval = type === existing.type ? existing.billingInterval : defaultInterval(type)
  const changed = present({
    slug: existing.slug,
    name: request.name ?? existing.name,
    description: filled(request.description),
    type,
    plan: request.plan ?? existing.plan,
    productKey: request.productKey ?? existing.productKey,
    pricingMode: request.pricingMode ?? existing.pricingMode,
    active: request.active ?? existing.active,
    internal: request.internal ?? existing.internal,
    configManaged: request.configManaged ?? existing.configManaged,
    currency: request.currency ?? existing.currency,
    unitAmountMinor,
    baseAmountMinor: request.baseAmount ?? unitAmountMinor,
    billingInterval: request.billingInterval ?? keptInterval,
    billingIntervalCount: type === 'one_off' ? 1 : (request.billingIntervalCount ?? existing.billingIntervalCount),
    trialPeriodDays: request.trialPeriodDays ?? 0,
    termDurationDays: request.termDurationDays,
    maxLicenseTotal: request.maxLicenseTotal,
    maxManagedProducts: request.maxManagedProducts,
    lookupKey: request.lookupKey,
    stripeProductId: request.stripeProductId ?? existing.stripeProductId,
    stripePriceId: request.stripePriceId ?? existing.stripePriceId,
    metadata: request.metadata ?? {},
    pricingTiers: inOrder(request.pricingTiers ?? []),
    bundledProducts: components(request),
  })
  if (changed.stripePriceId !== existing.stripePriceId || !costsOtherwise(existing, changed)) return changed
  // A Stripe price never changes its amount. Until the catalog sync has made another one, the amount is sent with each checkout.
  const { stripePriceId: _outdated, ...unpriced } = changed
  return unpriced
}

/** True when what the product costs at Stripe differs. */
export function costsOtherwise(before: ProductFields, after: ProductFields): boolean {
  return (
    before.currency !== after.currency ||
    before.unitAmountMinor !== after.unitAmountMinor ||
    before.billingInterval !== after.billingInterval ||
    before.billingIntervalCount !== after.billingIntervalCount
  )
}

const MOST_INTERVALS = { day: 1095, week: 156, month: 36, quarter: 12, year: 3, one_time: 1 } as const

/**
 * Rules between the fields of a product.
 *
 * @param productKeys  lower-case, those with a signing key
 * @throws DomainError `invalid_payload` naming the field
 * @see https://docs.stripe.com/api/prices/create (recurring.interval_count: at most three years)
 */
export function checkProduct(product: ProductFields, productKeys: readonly string[]): void {
  if (!productKeys.includes(product.productKey)) throw refuseField('productKey', 'has no signing key')
  if (isRecurring(product.billingInterval) !== (product.type === 'subscription')) {
    const allowed = product.type === 'one_off' ? 'must be one_time for a one-off product' : 'must recur for a subscription'
    throw refuseField('billingInterval', allowed)
  }
  if (product.billingIntervalCount > MOST_INTERVALS[product.billingInterval])
    throw refuseField('billingIntervalCount', `must be at most ${MOST_INTERVALS[product.billingInterval]}: three years`)
  checkTiers(product.pricingTiers)
  checkComponentKeys(product)
  checkBundleSize(product)
}

function checkTiers(tiers: readonly PricingTier[]): void {
  const bounds = tiers.map((tier) => tier.upperBound)
  if (bounds.filter((bound) => bound === undefined).length > 1)
    throw refuseField('pricingTiers', 'must have at most one tier without upperBound')
  if (new Set(bounds).size !== bounds.length) throw refuseField('pricingTiers', 'must not use an upperBound twice')
}

function checkComponentKeys({ productKey, bundledProducts }: ProductFields): void {
  const keys = bundledProducts.map((component) => component.productKey)
  const own = keys.indexOf(productKey)
  if (own >= 0) throw refuseField(`bundledProducts[${own}].productKey`, "must not be the bundle's own key")
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index)
  if (twice >= 0) throw refuseField(`bundledProducts[${twice}].productKey`, 'is in the bundle twice; use quantity')
}

/** Evaluation order: bounded tiers ascending, the open-ended one last. */
function inOrder(tiers: readonly PricingTier[]): PricingTier[] {
  const bound = (tier: PricingTier) => tier.upperBound ?? Number.POSITIVE_INFINITY
  return tiers.map((tier) => present({ ...tier })).toSorted((a, b) => (bound(a) === bound(b) ? 0 : bound(a) - bound(b)))
}

function components({ bundledProducts = [] }: ProductRequest): Product['bundledProducts'] {
  return bundledProducts.map((component) => present({ ...component }))
}

function defaultInterval(type: Product['type']): Product['billingInterval'] {
  return type === 'one_off' ? 'one_time' : 'month'
}

function required<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw refuseField(field, 'is required')
  return value
}

function filled(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text
}
