import { type Db, reading, withLease } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { type SyncOptions, type SyncReport, syncProducts } from '../sync/sync-products.ts'
import type { SyncAction, SyncDeps } from '../sync/sync-run.ts'
import {
  type ConfigChanges,
  type ConfigProduct,
  namedPrices,
  planConfigProducts,
  syncConfigProducts,
} from './sync-config-products.ts'

export interface CatalogSyncReport extends SyncReport {
  /** What the configuration file changed in the stored catalog, or would change. */
  readonly file: ConfigChanges
}

export interface CatalogSyncOptions extends Pick<SyncOptions, 'onProgress'> {
  readonly onAction?: (action: SyncAction) => void
  /** How long to wait for another instance that is syncing. */
  readonly waitMs: number
  readonly onWait?: () => void
}

/**
 * Configuration file → MySQL → Stripe, one instance at a time: whoever comes second waits and finds nothing left to do. A dry run says what
 * would be done and writes nothing, not even the lease.
 *
 * @throws DomainError `temporarily_unavailable` when Stripe or MySQL is away, or another instance is still at it after `waitMs`
 */
export async function syncCatalog(
  deps: SyncDeps,
  wanted: readonly ConfigProduct[],
  { onAction, onProgress, waitMs, onWait }: CatalogSyncOptions,
): Promise<CatalogSyncReport> {
  const progress = onProgress === undefined ? {} : { onProgress }
  if (deps.dryRun === true) {
    const { file, catalog, named } = await planConfigProducts(deps.db, wanted, deps.now())
    return { file, ...(await syncProducts(deps, onAction, { ...progress, catalog, named })) }
  }
  const leased = await underLease(deps.db, waitMs, onWait, async (signal) => {
    const file = await syncConfigProducts(deps.db, wanted, deps.now())
    const named = await reading(() => namedPrices(deps.db, wanted))
    return { file, ...(await syncProducts(deps, onAction, { ...progress, signal, named })) }
  })
  if (leased.held) return leased.value
  throw new DomainError('temporarily_unavailable', 'another instance is syncing the catalog', { retryAfterSeconds: 30 })
}

function underLease<T>(db: Db, waitMs: number, onWait: (() => void) | undefined, work: (signal: AbortSignal) => Promise<T>) {
  return withLease(db, 'catalog-sync', { waitMs, ...(onWait === undefined ? {} : { onWait }) }, work)
}
