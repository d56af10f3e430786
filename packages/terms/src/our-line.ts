import type { Product } from '@licenseoperator/catalog'
import { type licenses, products, reading } from '@licenseoperator/db'
import type { Invoice, InvoiceLine } from '@licenseoperator/stripe'
import { isForeign, type PurchaseMetadata } from './purchase-metadata.ts'
import type { TermsDeps } from './terms-deps.ts'

/** True for an invoice that another application made: nothing in it was written by us, and it sells nothing of our catalog. */
export async function isForeignInvoice(deps: Pick<TermsDeps, 'db'>, { metadata, lines }: Invoice): Promise<boolean> {
  const priceIds = lines.map(({ priceId }) => priceId)
  return isForeignSale(deps, { metadata, priceIds, stripeProductIds: lines.map(({ stripeProductId }) => stripeProductId) })
}

/** True for what another application sells, whichever object tells of it: one rule for invoices and subscriptions. */
export async function isForeignSale(
  { db }: Pick<TermsDeps, 'db'>,
  sale: {
    readonly metadata: Readonly<Record<string, string>>
    readonly priceIds: readonly (string | undefined)[]
    readonly stripeProductIds: readonly (string | undefined)[]
  },
): Promise<boolean> {
  if (!isForeign(sale.metadata) || (await sellsOneOf(db, sale.priceIds))) return false
  return !(await sellsOneOfProducts(db, sale.stripeProductIds))
}

/** Whether one of these prices is of our catalog. @throws DomainError when MySQL is away */
export async function sellsOneOf(db: TermsDeps['db'], prices: readonly (string | undefined)[]): Promise<boolean> {
  for (const price of new Set(prices))
    if (price !== undefined && (await reading(() => products.findByReference(db, price))) !== undefined) return true
  return false
}

/** Whether one of these products of Stripe's is of our catalog: inline prices leave no other trace. @throws DomainError when MySQL is away */
export async function sellsOneOfProducts(db: TermsDeps['db'], stripeProducts: readonly (string | undefined)[]): Promise<boolean> {
  for (const id of new Set(stripeProducts))
    if (id !== undefined && (await reading(() => products.findByStripeProduct(db, id))) !== undefined) return true
  return false
}

/** The product that a purchase's metadata names, as it is now. @throws DomainError when MySQL is away */
export async function productBought(
  { db }: Pick<TermsDeps, 'db'>,
  { product_slug: slug }: Pick<PurchaseMetadata, 'product_slug'>,
): Promise<Product | undefined> {
  return slug === undefined ? undefined : reading(() => products.findBySlug(db, slug))
}

/** What a license was sold on, and which product it is. */
export interface Sold {
  readonly item: licenses.SoldItem
  readonly product: Product
}

/** A line and our product that it is about; undefined for what is none of ours. */
export interface ReadLine extends InvoiceLine {
  readonly product: Product | undefined
}

/**
 * Which of our products each line is about: by its price, also one that was replaced since; by the price that a license of the subscription was sold on;
 * by the product of Stripe's that it names. What the item was before does not count: an item can be switched to something that is none of ours.
 *
 * @param boughtProduct  the product that was bought: several products of ours can be sold under one of Stripe's
 * @param sold           on what the subscription sold its licenses, where that is known
 */
export async function readLines(
  { db }: Pick<TermsDeps, 'db'>,
  lines: readonly InvoiceLine[],
  boughtProduct: Product | undefined,
  sold: readonly Sold[],
): Promise<ReadLine[]> {
  const read: ReadLine[] = []
  for (const line of lines) read.push({ ...line, product: await productOfLine(catalogOf(db), line, boughtProduct, sold) })
  return read
}

/** The products of ours by the names that Stripe has for them. */
export interface NamedProducts {
  /** Also by a price that was replaced since. */
  readonly byPrice: (priceId: string) => Promise<Product | undefined>
  readonly byStripeProduct: (stripeProductId: string) => Promise<Product | undefined>
}

function catalogOf(db: TermsDeps['db']): NamedProducts {
  return {
    byPrice: (priceId) => reading(() => products.findByReference(db, priceId)),
    byStripeProduct: (stripeProductId) => reading(() => products.findByStripeProduct(db, stripeProductId)),
  }
}

/** The product of ours that one line is about, by the order of `readLines`. */
export async function productOfLine(
  catalog: NamedProducts,
  { priceId, stripeProductId }: Pick<InvoiceLine, 'priceId' | 'stripeProductId'>,
  boughtProduct: Product | undefined,
  sold: readonly Sold[],
): Promise<Product | undefined> {
  const byPrice = priceId === undefined ? undefined : await catalog.byPrice(priceId)
  if (byPrice !== undefined) return byPrice
  const bySale = sold.find(({ item }) => item.priceId !== undefined && item.priceId === priceId)
  if (bySale !== undefined) return bySale.product
  if (stripeProductId === undefined) return undefined
  if (boughtProduct?.stripeProductId === stripeProductId) return boughtProduct
  const byProduct = sold.find(({ item }) => item.stripeProductId === stripeProductId)
  return byProduct?.product ?? catalog.byStripeProduct(stripeProductId)
}
