import type { Product } from './product.ts'
import { refuseField } from './refuse-field.ts'

/** Licenses that one sale of a bundle may bring besides its own: each is signed, stored and announced in one transaction, every period anew. */
export const MOST_BUNDLE_PARTS = 200

/** @throws DomainError `invalid_payload` naming the component with which there are too many */
export function checkBundleSize({ bundledProducts }: Pick<Product, 'bundledProducts'>): void {
  let parts = 0
  for (const [index, { quantity }] of bundledProducts.entries()) {
    parts += quantity
    if (parts > MOST_BUNDLE_PARTS)
      throw refuseField(`bundledProducts[${index}].quantity`, `makes more than ${MOST_BUNDLE_PARTS} parts in all`)
  }
}
