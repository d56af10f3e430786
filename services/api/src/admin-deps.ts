import type { CatalogAdminDeps } from '@licenseoperator/catalog-admin'
import type { ApiDeps } from './api-deps.ts'

/** What catalog administration needs, from what the API has. */
export function adminDeps({ config, catalog, ...deps }: ApiDeps): CatalogAdminDeps {
  return {
    ...deps,
    productKeys: config.productKeys,
    requiredScopes: config.requiredScopes,
    catalogChanged: () => catalog.changed(),
  }
}
