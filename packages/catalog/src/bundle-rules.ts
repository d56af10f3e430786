import { type Problem, problem } from './problem.ts'
import type { Product } from './product.ts'

type Part = Pick<Product, 'productKey' | 'type' | 'active' | 'pricingMode'> & { readonly bundledProducts: readonly unknown[] }

/**
 * Why a bundle could not be delivered: each component has to name an active product that is no bundle, and a tiered one has to say how many seats it
 * grants. Of several with a key those of the bundle's type come first, as when it is sold.
 *
 * @param onSale  what it may consist of, oldest first
 */
export function bundleProblems(bundle: Pick<Product, 'type' | 'bundledProducts'>, onSale: readonly Part[]): Problem[] {
  return bundle.bundledProducts.flatMap(({ productKey, managedProducts }, index) => {
    const parts = onSale.filter(
      (product) => product.active && product.productKey === productKey && product.bundledProducts.length === 0,
    )
    const part = parts.find((candidate) => candidate.type === bundle.type) ?? parts[0]
    if (part === undefined)
      return [problem('names no active product that is not a bundle itself', 'bundledProducts', index, 'productKey')]
    if (part.pricingMode === 'tiered' && managedProducts === undefined)
      return [problem('is required for a tiered component', 'bundledProducts', index, 'managedProducts')]
    return []
  })
}
