import type { Db } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller, type Log, type Surface } from '@licenseoperator/domain'
import { assertOperatorLicense, type OperatorLicense } from '@licenseoperator/licensing'
import type { Stripe } from 'stripe'

/** What the use cases of catalog administration need. */
export interface CatalogAdminDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly operatorLicense: OperatorLicense
  /** Product keys with a signing key, lower-case. */
  readonly productKeys: readonly string[]
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  /** Called after each change that was committed: every instance that serves the catalog from memory must hear of it. */
  readonly catalogChanged: () => void
  readonly log: Log
  readonly now: () => Date
}

/**
 * Who may read and change the catalog: system administrators, while the operator's own license is good.
 *
 * @throws DomainError `forbidden`, `insufficient_scope` or `operator_license_invalid`
 */
export function assertCatalogAdmin(deps: Pick<CatalogAdminDeps, 'operatorLicense' | 'requiredScopes'>, caller: Caller): void {
  assertSysadmin(caller)
  assertScope(caller, 'catalog:admin', deps.requiredScopes)
  assertOperatorLicense(deps.operatorLicense)
}
