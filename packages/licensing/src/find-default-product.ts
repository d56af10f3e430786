import type { Product } from '@licenseoperator/catalog'
import { type Db, products } from '@licenseoperator/db'

export interface DefaultSlugs {
  readonly defaultSubscriptionSlug: string | undefined
  readonly defaultOneOffSlug: string | undefined
}

/** The product of the landing page: the configured subscription, else the configured one-off product, else the oldest one on sale. */
export async function findDefaultProduct(db: Db, slugs: DefaultSlugs): Promise<Product | undefined> {
  for (const slug of [slugs.defaultSubscriptionSlug, slugs.defaultOneOffSlug]) {
    const product = slug === undefined ? undefined : await products.findBySlug(db, slug)
    if (product?.active === true) return product
  }
  return (await products.listPublic(db)).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id - b.id)[0]
}
