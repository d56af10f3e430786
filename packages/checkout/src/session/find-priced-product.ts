import type { Product } from '@licenseoperator/catalog'
import { type Db, products, reading } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'

/**
 * The product that a storefront asks a price for, by lookup key or Stripe price id. From our own catalog: an anonymous request must not become a
 * call to Stripe.
 *
 * @throws DomainError `not_found` unless the product is on sale
 */
export async function findPricedProduct(db: Db, lookupKey: string): Promise<Product> {
  const product = await reading(() => products.findByReference(db, lookupKey))
  if (product === undefined || !product.active || product.internal) throw new DomainError('not_found', 'product not found')
  return product
}
