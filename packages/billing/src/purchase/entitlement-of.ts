import type { Product } from '@licenseoperator/catalog'
import { products, reading } from '@licenseoperator/db'
import type { Invoice } from '../payload/invoice.ts'
import type { ProcessDeps } from './event-handler.ts'
import type { PurchaseMetadata } from './purchase-metadata.ts'

/**
 * What a later invoice of a subscription pays for: what was bought, unless the plan or the quantity was changed at Stripe since. Read from the invoice
 * alone, never from the subscription as it is by now, so a late invoice brings what it was paid for.
 *
 * Another product's price switches to that product, with its own seats. A quantity above one multiplies the seats of one unit.
 *
 * @returns the metadata as it would be had this been bought at once
 * @throws DomainError when MySQL is away
 */
export async function entitlementOf(
  deps: ProcessDeps,
  bought: PurchaseMetadata,
  invoice: Pick<Invoice, 'priceId' | 'stripeProductId' | 'quantity'>,
): Promise<PurchaseMetadata> {
  const own = await ownProduct(deps, bought)
  const paidFor = await productOf(deps, invoice, own)
  if (paidFor === undefined || paidFor.id === own?.id) {
    return times({ ...bought, managed_products: seatsBought(bought, own) }, invoice.quantity)
  }
  const { product_key: _key, plan: _plan, managed_products: _seats, ...kept } = bought
  return times({ ...kept, product_slug: paidFor.slug, managed_products: seatsOf(paidFor) }, invoice.quantity)
}

/**
 * Seats that were bought. A purchase that went through our checkout says so itself, also by saying nothing: a limit that the product got later does not
 * reach it. Others get what the product grants.
 */
export function seatsBought(bought: PurchaseMetadata, product: Product | undefined): number | undefined {
  if (bought.managed_products !== undefined || bought.license_mode !== undefined) return bought.managed_products
  return product && seatsOf(product)
}

function seatsOf(product: Product): number | undefined {
  return product.bundledProducts.length > 0 ? undefined : product.maxManagedProducts
}

function times(metadata: PurchaseMetadata, quantity: number): PurchaseMetadata {
  return metadata.managed_products === undefined || quantity <= 1
    ? metadata
    : { ...metadata, managed_products: metadata.managed_products * quantity }
}

async function ownProduct({ db }: ProcessDeps, { product_slug: slug }: PurchaseMetadata): Promise<Product | undefined> {
  return slug === undefined ? undefined : reading(() => products.findBySlug(db, slug))
}

/** By its price, also one that was replaced since; an inline price belongs to the product it names. */
async function productOf(
  { db }: ProcessDeps,
  { priceId, stripeProductId }: Pick<Invoice, 'priceId' | 'stripeProductId'>,
  own: Product | undefined,
): Promise<Product | undefined> {
  const byPrice = priceId === undefined ? undefined : await reading(() => products.findByReference(db, priceId))
  if (byPrice !== undefined || stripeProductId === undefined || stripeProductId === own?.stripeProductId) return byPrice
  return reading(() => products.findByStripeProduct(db, stripeProductId))
}
