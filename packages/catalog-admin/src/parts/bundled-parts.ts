import type { Product } from '@licenseoperator/catalog'
import { type Db, products, reading } from '@licenseoperator/db'

/** One component of a bundle, as it would be issued now. */
export interface BundledPart {
  readonly productKey: string
  readonly productSlug: string
  readonly plan: string
  readonly type: Product['type']
  readonly pricingMode: Product['pricingMode']
  readonly quantity: number
  /** Seats of each license. */
  readonly managedProducts?: number
}

/** What a bundle consists of. A component that is not in the catalog any more is left out. */
export async function bundledParts(db: Db, bundle: Product): Promise<BundledPart[]> {
  const parts: BundledPart[] = []
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
