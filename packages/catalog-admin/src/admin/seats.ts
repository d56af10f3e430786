import { type Db, locks, products, reading, type Tx } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'

export interface SeatUsage {
  readonly activeConfigManaged: number
  readonly activeCustom: number
  readonly activeTotal: number
  /** Seats of the operator's own license; `undefined` when unlimited. */
  readonly seatLimit: number | undefined
  readonly availableSeats: number | undefined
}

/** How many seats the catalog uses: one per active product, whoever manages it. */
export async function readSeatUsage(
  deps: Pick<CatalogAdminDeps, 'operatorLicense' | 'requiredScopes'> & { db: Db },
  caller: Caller,
): Promise<SeatUsage> {
  assertCatalogAdmin(deps, caller)
  const { configManaged, custom } = await reading(() => products.countActive(deps.db))
  const activeTotal = configManaged + custom
  const seatLimit = deps.operatorLicense.seatLimit()
  return {
    activeConfigManaged: configManaged,
    activeCustom: custom,
    activeTotal,
    seatLimit,
    availableSeats: seatLimit === undefined ? undefined : Math.max(seatLimit - activeTotal, 0),
  }
}

/**
 * Before a product becomes active. Of two that want the last seat at the same instant, the second waits here and then counts the first.
 *
 * @throws DomainError `seat_limit_exceeded` with both numbers as its cause
 */
export async function takeSeat(tx: Tx, seatLimit: number | undefined): Promise<void> {
  if (seatLimit === undefined) return
  await locks.take(tx, 'catalog-seats')
  const { configManaged, custom } = await products.countActive(tx)
  const required = configManaged + custom + 1
  if (required <= seatLimit) return
  throw new DomainError(
    'seat_limit_exceeded',
    `${required} active products need ${required} seats; the operator license has ${seatLimit}`,
    { cause: { required, seatLimit } },
  )
}
