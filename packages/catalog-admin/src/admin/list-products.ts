import { coupons, products, reading } from '@licenseoperator/db'
import type { Caller } from '@licenseoperator/domain'
import { bundledParts } from '../parts/bundled-parts.ts'
import type { AdminProduct } from './admin-product.ts'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'

/**
 * One page of the catalog, oldest first, each product with all its coupons.
 *
 * @param query  `page` counts from 1
 */
export async function listProducts(
  deps: Pick<CatalogAdminDeps, 'db' | 'operatorLicense' | 'requiredScopes'>,
  caller: Caller,
  query: { includeInactive: boolean; includeInternal: boolean; page: number; pageSize: number },
): Promise<{ items: AdminProduct[]; total: number }> {
  assertCatalogAdmin(deps, caller)
  const { page, pageSize, ...which } = query
  return reading(async () => {
    const found = await products.list(deps.db, { ...which, limit: pageSize, offset: (page - 1) * pageSize })
    const all = await coupons.listAllOf(
      deps.db,
      found.items.map((product) => product.id),
    )
    const items = await Promise.all(
      found.items.map(async (product) => {
        const couponsOfProduct = all.filter((coupon) => coupon.productId === product.id)
        return { product, coupons: couponsOfProduct, bundled: await bundledParts(deps.db, product) }
      }),
    )
    return { items, total: found.total }
  })
}
