import type { Product } from '@licenseoperator/catalog'
import type { PurchaseMetadata } from './purchase-metadata.ts'

/**
 * What a later invoice of a subscription pays for: what was bought, unless the plan or the quantity was changed at Stripe since. Read from the invoice
 * alone, never from the subscription as it is by now, so a late invoice brings what it was paid for.
 *
 * Another product's price switches to that product, with its own seats. A quantity above one multiplies the seats of one unit.
 *
 * @param own  the product that was bought
 * @param line.paidFor  our product that the line names; undefined where it names none
 * @returns the metadata as it would be had this been bought at once
 */
export function entitlementOf(
  bought: PurchaseMetadata,
  own: Product | undefined,
  { paidFor, quantity }: { readonly paidFor: Product | undefined; readonly quantity: number },
): PurchaseMetadata {
  if (paidFor === undefined || paidFor.id === own?.id)
    return times({ ...bought, managed_products: seatsBought(bought, own) }, quantity)
  const { product_key: _key, plan: _plan, managed_products: _seats, bundle_parts: _parts, ...kept } = bought
  return times({ ...kept, product_slug: paidFor.slug, managed_products: seatsOf(paidFor) }, quantity)
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
