import { licenseModeOf, type PaidPeriod } from '@licenseoperator/catalog'
import type { licenses } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import type { Invoice } from '@licenseoperator/stripe'
import {
  entitlementOf,
  inDoubt,
  itemOf,
  onlyLine,
  type PaidUnits,
  type PurchaseMetadata,
  productBought,
  readLines,
  unitsOfPeriod,
} from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'

/** What the first invoice of a subscription pays for. The checkout session reads its own invoice by the same rules. */
export interface FirstPeriod {
  readonly metadata: PurchaseMetadata
  readonly period: PaidPeriod
  readonly priceId: string | undefined
  readonly stripeProductId: string | undefined
  readonly soldAs: readonly licenses.SoldItem[]
  /** Nothing was due, at no discount: a trial. */
  readonly startsFree: boolean
}

/**
 * @param bought  what session or subscription say was bought
 * @returns undefined when the invoice pays for zero units
 * @throws DomainError `invalid_payload` when nobody can tell what is paid for
 */
export async function readFirstPeriod(
  deps: Pick<ProcessDeps, 'db'>,
  invoice: Invoice,
  bought: PurchaseMetadata,
): Promise<FirstPeriod | undefined> {
  const boughtProduct = await productBought(deps, bought)
  const lines = await readLines(deps, invoice.lines, boughtProduct, [])
  const periods = lines.filter(({ kind }) => kind === 'period')
  // A subscription that is anchored to a day of the month begins with a part of a period.
  const recurring = periods.length > 0 ? periods : lines.filter(({ kind }) => kind === 'change')
  const once = lines.filter(({ kind }) => kind === 'once')
  const mode = bought.license_mode ?? (boughtProduct && licenseModeOf(boughtProduct))
  const isMaintained = mode === 'perpetual_auto' && once.length > 0
  const [maintenance] = recurring
  if (maintenance === undefined)
    throw new DomainError('invalid_payload', 'invalid payload: the invoice has no subscription line', { field: 'lines' })
  const counted = isMaintained ? once : recurring
  const units = unitsOf(counted, boughtProduct)
  if (units === undefined) return undefined
  const startsFree = invoice.amountTotalMinor === 0 && invoice.amountSubtotalMinor === 0 && mode !== 'perpetual_auto'
  return {
    metadata: entitlementOf(bought, boughtProduct ?? units.product, units),
    period: isMaintained ? maintenance.period : units.period,
    priceId: units.line.priceId,
    stripeProductId: units.line.stripeProductId,
    soldAs: isMaintained ? recurring.map(itemOf) : units.soldAs,
    startsFree: startsFree && (units.product?.pricingMode === 'tiered' || units.product?.unitAmountMinor !== 0),
  }
}

function unitsOf(
  lines: Parameters<typeof unitsOfPeriod>[0],
  boughtProduct: Parameters<typeof unitsOfPeriod>[1],
): PaidUnits | undefined {
  if (lines.some(({ product }) => product !== undefined)) return unitsOfPeriod(lines, boughtProduct)
  if (boughtProduct === undefined) throw inDoubt('neither its metadata nor its price names a product')
  return onlyLine(lines, boughtProduct)
}
