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
  const existing = await findTheirs(run, product)
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
  const existing = await (stored === undefined ? run.theirs.productOf(slug) : run.theirs.product(stored))
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

async function findTheirs(run: SyncRun, product: Product): Promise<Stripe.Product | undefined> {
  const stored = product.stripeProductId === undefined ? undefined : await run.theirs.product(product.stripeProductId)
  if (stored !== undefined) return stored
  const price = await run.theirs.priceWithKey(lookupKeyOf(product))
  const priced = price === undefined ? undefined : await run.theirs.product(idOf(price.product))
  if (priced?.metadata[OUR_SLUG] === product.slug) return priced
  const own = await run.theirs.productOf(product.slug)
  if (own !== undefined) return own
  return priced !== undefined && (await isOurs(run, priced, product.slug)) ? priced : undefined
}

/** Whether the product may be made ours: nobody's yet, this slug's, or of a slug that is gone. Two of our products never rename each other's. */
async function isOurs({ db }: SyncRun, theirs: Stripe.Product, slug: string): Promise<boolean> {
  const owner = theirs.metadata[OUR_SLUG]
  if (owner === undefined || owner === slug) return true
  return (await reading(() => products.findBySlug(db, owner))) === undefined
}

/** What of a product at Stripe is not as it is here. An empty text at Stripe is none. */
export function differences(theirs: Stripe.Product, { name, description, metadata, slug }: Product): Stripe.ProductUpdateParams {
  const ours: Record<string, string> = { ...metadata, [OUR_SLUG]: slug }
  const changed = Object.entries(ours).filter(([key, value]) => (theirs.metadata[key] ?? '') !== value)
  return {
    ...(theirs.name === name ? {} : { name }),
    ...(description === undefined || (theirs.description ?? '') === description ? {} : { description }),
    ...(theirs.active ? {} : { active: true }),
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
