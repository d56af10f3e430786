import { products, reading } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'
import { type AdminProduct, readAdminProduct } from './admin-product.ts'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'

/** One product with all its coupons. @throws DomainError `not_found`; those of `assertCatalogAdmin` */
export async function findAdminProduct(
  deps: Pick<CatalogAdminDeps, 'db' | 'operatorLicense' | 'requiredScopes'>,
  caller: Caller,
  slug: string,
): Promise<AdminProduct> {
  assertCatalogAdmin(deps, caller)
  const product = await reading(() => products.findBySlug(deps.db, slug))
  if (product === undefined) throw new DomainError('not_found', 'product not found')
  return readAdminProduct(deps.db, product.id)
}
