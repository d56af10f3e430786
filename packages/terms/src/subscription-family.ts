import type { Product } from '@licenseoperator/catalog'
import { licenses, products, reading } from '@licenseoperator/db'
import { type Invoice, isUnknownObject, readWholeInvoice, unlessUnknown } from '@licenseoperator/stripe'
import type { BoughtPart } from './bundle-parts.ts'
import { productBought, type Sold } from './our-line.ts'
import type { InForce } from './paid-units.ts'
import { PurchaseMetadata } from './purchase-metadata.ts'
import type { TermsDeps } from './terms-deps.ts'

/** What our own books say of a subscription: the licenses that it paid for. */
export interface SubscriptionFamily {
  readonly first: licenses.StoredLicense
  /** The newest first. */
  readonly newest: readonly licenses.StoredLicense[]
}

/** @returns undefined for a subscription that brought no license yet. @throws DomainError when MySQL is away */
export async function familyOfSubscription(
  { db }: Pick<TermsDeps, 'db'>,
  subscriptionId: string | undefined,
): Promise<SubscriptionFamily | undefined> {
  return subscriptionId === undefined ? undefined : reading(() => licenses.endsOfSubscription(db, subscriptionId))
}

/**
 * What was bought. Metadata can be cleared and edited at Stripe: where it does not say any more for whom and what, the first license that the
 * subscription brought does.
 *
 * @param metadata  as Stripe has it
 * @throws ZodError when it cannot be read and no license says more
 */
export async function metadataBought(
  deps: Pick<TermsDeps, 'db'>,
  metadata: Readonly<Record<string, string>>,
  family: SubscriptionFamily | undefined,
): Promise<PurchaseMetadata> {
  if (family === undefined) return PurchaseMetadata.parse(metadata)
  const whole = PurchaseMetadata.safeParse(metadata)
  if (whole.success && whole.data.group !== undefined && (await productBought(deps, whole.data)) !== undefined) return whole.data
  const issued = await metadataOf(deps, family.first)
  const readable = Object.entries(metadata).filter(([key, value]) => PurchaseMetadata.safeParse({ [key]: value }).success)
  const { product_slug: slug, ...said } = PurchaseMetadata.parse(Object.fromEntries(readable))
  const known = slug !== undefined && (await productBought(deps, { product_slug: slug })) !== undefined
  const filled = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  return { ...issued, ...filled, ...(known ? { product_slug: slug } : {}) }
}

/** The metadata that a license was bought with, as far as the license tells. */
async function metadataOf({ db }: Pick<TermsDeps, 'db'>, license: licenses.StoredLicense): Promise<PurchaseMetadata> {
  const units = Math.max(1, license.soldAs?.reduce((sum, item) => sum + item.quantity, 0) ?? 1)
  const all = await reading(() => licenses.listByPurchase(db, license.issuanceKey))
  const parts = all.filter(({ issuanceKey }) => issuanceKey !== license.issuanceKey)
  const counts = new Map<string, { part: licenses.StoredLicense; count: number }>()
  for (const part of parts) {
    const name = JSON.stringify([part.productKey, part.seats, part.productSlug, part.plan])
    counts.set(name, { part, count: (counts.get(name)?.count ?? 0) + 1 })
  }
  return {
    group: license.groupName,
    product_slug: license.productSlug,
    product_key: license.productKey,
    plan: license.plan,
    domain: license.domain,
    email: license.email,
    organization_long_name: undefined,
    coupon_code: license.couponCode,
    identity: license.identity,
    reservation_id: undefined,
    managed_products: license.seats === undefined ? undefined : Math.floor(license.seats / units),
    license_mode: license.kind === 'perpetual' ? 'perpetual_auto' : 'subscription',
    term_days: undefined,
    bundle_parts:
      parts.length === 0
        ? undefined
        : [...counts.values()].map(({ part, count }) => partOf(part, Math.max(1, Math.floor(count / units)))),
  }
}

/** Several products can share a key: slug and plan say which one it was. Licenses of older releases may not name their product. */
function partOf({ productKey, seats, productSlug, plan }: licenses.StoredLicense, count: number): BoughtPart {
  return productSlug === undefined ? [productKey, count, seats ?? null] : [productKey, count, seats ?? null, productSlug, plan]
}

/** On what the subscription sold its licenses: as it was written down, else as the invoice of its first purchase says. */
export async function soldOf(deps: TermsDeps, family: SubscriptionFamily | undefined): Promise<Sold[]> {
  if (family === undefined) return []
  const sold: Sold[] = []
  for (const license of [family.first, ...family.newest]) {
    const product = await productOfLicense(deps, license)
    if (product === undefined) continue
    for (const item of license.soldAs ?? []) sold.push({ item, product })
  }
  return sold
}

/** The license in force at an instant, and on what it was sold when it began. */
export async function inForceAt(
  deps: Pick<TermsDeps, 'db'>,
  subscriptionId: string,
  at: Date,
  issuanceKey: string,
): Promise<(InForce & { readonly invoiceId: string | undefined; readonly since: Date }) | undefined> {
  const license = await reading(() => licenses.findInForce(deps.db, subscriptionId, at, issuanceKey))
  if (license === undefined) return undefined
  const { issuedAt: since, soldAs: items } = license
  return { product: await productOfLicense(deps, license), items, invoiceId: license.stripe.invoiceId, since }
}

async function productOfLicense(
  { db }: Pick<TermsDeps, 'db'>,
  { productId, productSlug }: licenses.StoredLicense,
): Promise<Product | undefined> {
  const byId = productId === undefined ? undefined : await reading(() => products.findById(db, productId))
  return byId ?? productBought({ db }, { product_slug: productSlug })
}

/** The invoice that a license was paid with, from Stripe. @returns undefined when Stripe does not know it any more */
export async function invoiceBehind({ stripe }: Pick<TermsDeps, 'stripe'>, invoiceId: string): Promise<Invoice | undefined> {
  return unlessUnknown(stripe.invoices.retrieve(invoiceId).then((invoice) => readWholeInvoice(stripe, invoice)))
}

/**
 * The invoice of a subscription's first purchase, from Stripe: asked only where nothing here tells on what a license was sold.
 *
 * @returns undefined when Stripe does not know it any more
 */
export async function firstInvoiceOf(
  { stripe }: Pick<TermsDeps, 'stripe'>,
  subscriptionId: string,
  family: SubscriptionFamily | undefined,
): Promise<Invoice | undefined> {
  const known = family?.first.stripe.invoiceId
  try {
    if (known !== undefined) return await readWholeInvoice(stripe, await stripe.invoices.retrieve(known))
    for await (const invoice of stripe.invoices.list({ subscription: subscriptionId, limit: 100 }))
      if (invoice.billing_reason === 'subscription_create') return await readWholeInvoice(stripe, invoice)
    return undefined
  } catch (error) {
    if (isUnknownObject(error)) return undefined
    throw error
  }
}
