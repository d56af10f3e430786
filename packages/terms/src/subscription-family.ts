import type { Product } from '@licenseoperator/catalog'
import { licenses, products, reading } from '@licenseoperator/db'
import { type Invoice, isUnknownObject, readWholeInvoice, unlessUnknown } from '@licenseoperator/stripe'
import { metadataOfLicense } from './metadata-of-license.ts'
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
  const { first } = family
  const issued = metadataOfLicense(first, await reading(() => licenses.listByPurchase(deps.db, first.issuanceKey)))
  const readable = Object.entries(metadata).filter(([key, value]) => PurchaseMetadata.safeParse({ [key]: value }).success)
  const { product_slug: slug, ...said } = PurchaseMetadata.parse(Object.fromEntries(readable))
  const known = slug !== undefined && (await productBought(deps, { product_slug: slug })) !== undefined
  const filled = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
  return { ...issued, ...filled, ...(known ? { product_slug: slug } : {}) }
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
