import type { Product } from '@licenseoperator/catalog'
import { products, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import type { Invoice, InvoiceItem } from '../payload/invoice.ts'
import type { ProcessDeps } from './event-handler.ts'
import { isForeign, type PurchaseMetadata } from './purchase-metadata.ts'

/** True for a subscription that another application made: nothing in it was written by us, and it sells nothing of our catalog. */
export async function isForeignInvoice({ db }: Pick<ProcessDeps, 'db'>, invoice: Invoice): Promise<boolean> {
  return isForeign(invoice.metadata) && !(await sellsOneOf(db, [invoice.priceId, ...invoice.items.map(({ priceId }) => priceId)]))
}

/** Whether one of these prices is of our catalog. @throws DomainError when MySQL is away */
export async function sellsOneOf(db: ProcessDeps['db'], prices: readonly (string | undefined)[]): Promise<boolean> {
  for (const price of new Set(prices))
    if (price !== undefined && (await reading(() => products.findByReference(db, price))) !== undefined) return true
  return false
}

/** The product that a purchase's metadata names, as it is now. @throws DomainError when MySQL is away */
export async function productBought(
  { db }: Pick<ProcessDeps, 'db'>,
  { product_slug: slug }: PurchaseMetadata,
): Promise<Product | undefined> {
  return slug === undefined ? undefined : reading(() => products.findBySlug(db, slug))
}

/**
 * A later invoice as it looks from the one line of it that pays for our license: subscriptions can get items at Stripe that have nothing to do with it.
 * Ours is a line for the product that was bought, else for another one of the catalog (a change of plan), else, where inline prices leave no trace, one
 * that takes an earlier one's place.
 *
 * @param own  the product that was bought, see `productBought`
 * @returns undefined when nothing in it is about our license
 * @throws DomainError `invalid_payload` when another of our products was added beside the one that was bought: a license for it is for people to decide
 */
export async function seenFromOurLine(
  { db }: Pick<ProcessDeps, 'db'>,
  own: Product | undefined,
  invoice: Invoice,
): Promise<(Invoice & { readonly paidFor: Product | undefined }) | undefined> {
  const known: { item: InvoiceItem; product: Product }[] = []
  for (const item of invoice.items) {
    const product = await productOf(db, item, own)
    if (product !== undefined) known.push({ item, product })
  }
  const mine = known.find(({ product }) => own === undefined || product.id === own.id)
  const other = mine ?? known.find(({ item }) => item.kind !== 'change' || item.replaces)
  if (other !== undefined) return { ...invoice, ...other.item, paidFor: other.product }
  const [added] = known
  if (added !== undefined)
    throw new DomainError('invalid_payload', `cannot issue: ${added.product.slug} was added to a subscription of ${own?.slug}`)
  return unknownLine(invoice, own)
}

/** Lines that name nothing of ours: an inline price of a product that was not at Stripe when it was sold. */
function unknownLine(invoice: Invoice, own: Product | undefined) {
  const [only, ...more] = invoice.items.filter((item) => item.kind !== 'change' || item.replaces)
  if (only === undefined) return undefined
  return { ...invoice, ...only, quantity: more.length === 0 ? only.quantity : 1, paidFor: own }
}

/** By its price, also one that was replaced since; an inline price belongs to the product it names. */
async function productOf(
  db: ProcessDeps['db'],
  { priceId, stripeProductId }: InvoiceItem,
  own: Product | undefined,
): Promise<Product | undefined> {
  const byPrice = priceId === undefined ? undefined : await reading(() => products.findByReference(db, priceId))
  if (byPrice !== undefined || stripeProductId === undefined) return byPrice
  // Several products of ours can be sold under one of Stripe's.
  if (own?.stripeProductId === stripeProductId) return own
  return reading(() => products.findByStripeProduct(db, stripeProductId))
}
