import type { Product } from '@licenseoperator/catalog'
import { inTransaction, products, reading } from '@licenseoperator/db'
import { idOf } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { OUR_SLUG } from './stripe-catalog.ts'
import { change, Outdated, type SyncRun } from './sync-run.ts'

/**
 * Makes the product be at Stripe as it is here. Found by stored id, by our metadata, or as the product of the price with its lookup key.
 *
 * @returns Stripe's product; undefined when a dry run would create it
 */
export async function ensureProduct(run: SyncRun, product: Product): Promise<Stripe.Product | undefined> {
  const { slug } = product
  const existing = await findStripeProduct(run, product)
  if (existing === undefined) {
    const created = await change(run, { slug, action: 'product_created' }, () => create(run, product))
    if (created !== undefined) await remember(run, product, created.id)
    return created
  }
  if (product.stripeProductId !== existing.id) {
    if (!run.dryRun) await remember(run, product, existing.id)
    run.note({ slug, action: 'product_adopted', id: existing.id })
  }
  const differing = (await isOurs(run, existing, slug)) ? differences(existing, product) : {}
  const fields = Object.keys(differing)
  if (fields.length === 0) return existing
  const action = { slug, action: 'product_updated', id: existing.id, detail: fields.join(', ') } as const
  return (await change(run, action, () => run.stripe.products.update(existing.id, differing))) ?? existing
}

/**
 * A product that is not sold any more is not offered at Stripe either; subscriptions of it go on. Only what our metadata marks as this
 * product's: one that an administrator named by hand may serve others.
 */
export async function archiveProduct(run: SyncRun, product: Product): Promise<void> {
  // Without an id it may have been made by a sync that was overtaken before it could remember it.
  const { stripeProductId: stored, slug } = product
  const existing = await (stored === undefined ? run.stripeCatalog.productOf(slug) : run.stripeCatalog.product(stored))
  if (existing?.active !== true || existing.metadata[OUR_SLUG] !== slug) return
  const { id } = existing
  await change(run, { slug, action: 'product_archived', id }, () => run.stripe.products.update(id, { active: false }))
}

/** The key lets two runs at once make one product; a product that was deleted at Stripe must not be answered from the key. */
function create({ stripe }: SyncRun, product: Product): Promise<Stripe.Product> {
  const { name, description, metadata, slug } = product
  return stripe.products.create(
    { name, ...(description === undefined ? {} : { description }), metadata: { ...metadata, [OUR_SLUG]: slug } },
    { idempotencyKey: `sync-product-${product.id}-${product.updatedAt.getTime()}-${product.stripeProductId ?? 'new'}` },
  )
}

async function findStripeProduct(run: SyncRun, product: Product): Promise<Stripe.Product | undefined> {
  const stored = product.stripeProductId === undefined ? undefined : await run.stripeCatalog.product(product.stripeProductId)
  if (stored !== undefined) return stored
  const price = await run.stripeCatalog.priceWithKey(lookupKeyOf(product))
  const priced = price === undefined ? undefined : await run.stripeCatalog.product(idOf(price.product))
  if (priced?.metadata[OUR_SLUG] === product.slug) return priced
  const marked = await run.stripeCatalog.productOf(product.slug)
  if (marked !== undefined) return marked
  return priced !== undefined && (await isOurs(run, priced, product.slug)) ? priced : undefined
}

/** Whether the product may be made ours: nobody's yet, this slug's, or of a slug that is gone. Two of our products never rename each other's. */
async function isOurs({ db }: SyncRun, stripeProduct: Stripe.Product, slug: string): Promise<boolean> {
  const owner = stripeProduct.metadata[OUR_SLUG]
  if (owner === undefined || owner === slug) return true
  return (await reading(() => products.findBySlug(db, owner))) === undefined
}

/** What of a product at Stripe is not as it is here. An empty text at Stripe is none. */
export function differences(
  stripeProduct: Stripe.Product,
  { name, description, metadata, slug }: Product,
): Stripe.ProductUpdateParams {
  const wantedMetadata: Record<string, string> = { ...metadata, [OUR_SLUG]: slug }
  const changed = Object.entries(wantedMetadata).filter(([key, value]) => (stripeProduct.metadata[key] ?? '') !== value)
  return {
    ...(stripeProduct.name === name ? {} : { name }),
    ...(description === undefined || (stripeProduct.description ?? '') === description ? {} : { description }),
    ...(stripeProduct.active ? {} : { active: true }),
    ...(changed.length === 0 ? {} : { metadata: Object.fromEntries(changed) }),
  }
}

async function remember({ db }: SyncRun, product: Product, stripeProductId: string): Promise<void> {
  const ids = { stripeProductId, stripePriceId: undefined }
  if (!(await inTransaction(db, (tx) => products.setStripeIds(tx, product.id, ids, product.revision)))) throw new Outdated()
}

export function lookupKeyOf(product: Product): string {
  return product.lookupKey ?? product.slug
}
