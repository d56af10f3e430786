import { present } from './present.ts'
import { type Problem, problem, refuseFirst } from './problem.ts'
import type { PricingTier, Product } from './product.ts'
import type { ProductRequest } from './product-request.ts'
import { productProblems } from './product-rules.ts'
import { refuseField } from './refuse-field.ts'

export type ProductFields = Omit<Product, 'id' | 'createdAt' | 'updatedAt' | 'revision'>

/**
 * The product that a creation asks for, defaults filled in.
 *
 * @throws DomainError `invalid_payload` naming the required field that is missing
 */
export function newProduct(request: ProductRequest): ProductFields {
  refuseFirst(missingFrom(request))
  return productAsked(request)
}

/** What a creation cannot do without. */
export function missingFrom(request: ProductRequest): Problem[] {
  const required = ['slug', 'name', 'plan', 'productKey', 'unitAmount'] as const
  return required.filter((field) => request[field] === undefined).map((field) => problem('is required', field))
}

/** What a creation asks for, defaults filled in; nothing is checked. */
export function productAsked(request: ProductRequest): ProductFields {
  const { slug = '', name = '', plan = '', productKey = '', unitAmount: unitAmountMinor = 0 } = request
  const type = request.type ?? 'subscription'
  return present({
    slug,
    name,
    description: filled(request.description),
    type,
    plan,
    productKey,
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

/** The fields of a stored product that a write names. */
export function fieldsOfProduct(product: Product): ProductFields {
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, revision: _revision, ...fields } = product
  return fields
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

/**
 * Refuses a product that breaks a rule between its fields.
 *
 * @param productKeys  lower-case, those with a signing key; `undefined` where they are not known
 * @throws DomainError `invalid_payload` naming the field
 */
export function checkProduct(product: ProductFields, productKeys: readonly string[] | undefined): void {
  refuseFirst(productProblems(product, productKeys))
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

function filled(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text
}
