import type { Product } from '@licenseoperator/catalog'
import { type Db, products, reading } from '@licenseoperator/db'
import type { BundledProduct } from './schemas/public-product.ts'

/** What a bundle consists of, as it would be issued now. A component that is not in the catalog any more is left out. */
export async function bundledProducts(db: Db, bundle: Product): Promise<BundledProduct[]> {
  const parts: BundledProduct[] = []
  for (const component of bundle.bundledProducts) {
    const [part] = await reading(() => products.findComponents(db, component.productKey, bundle.type))
    if (part === undefined) continue
    const managedProducts = component.managedProducts ?? part.maxManagedProducts
    parts.push({
      productKey: part.productKey,
      productSlug: part.slug,
      plan: part.plan,
      type: part.type,
      pricingMode: part.pricingMode,
      quantity: component.quantity,
      ...(managedProducts === undefined ? {} : { managedProducts }),
    })
  }
  return parts
}
