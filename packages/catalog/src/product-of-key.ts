import type { Product } from './product.ts'

/**
 * The product that speaks for a product key, which several may share: an active one-off product, else the oldest active one.
 *
 * @param products  any order; inactive ones are passed over
 */
export function productOfKey<T extends Pick<Product, 'id' | 'productKey' | 'type' | 'active'>>(
  products: readonly T[],
  productKey: string,
): T | undefined {
  const candidates = products
    .filter((product) => product.active && product.productKey === productKey)
    .toSorted((a, b) => a.id - b.id)
  return candidates.find((candidate) => candidate.type === 'one_off') ?? candidates[0]
}
