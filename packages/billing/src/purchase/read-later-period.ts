import type { PaidPeriod, Product } from '@licenseoperator/catalog'
import type { licenses } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'
import { planChangeIssuanceKey } from '@licenseoperator/licensing'
import type { Invoice } from '@licenseoperator/stripe'
import {
  type Changed,
  changesItems,
  entitlementOf,
  firstInvoiceOf,
  inDoubt,
  inForceAt,
  invoiceBehind,
  itemOf,
  type PaidUnits,
  type PurchaseMetadata,
  productBought,
  type ReadLine,
  readLines,
  type Sold,
  type SubscriptionFamily,
  soldOf,
  unitsAfterChange,
  unitsOfPeriod,
} from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'
import { lastStartOf, prorationsOf, standingBefore } from './earlier-changes.ts'

/** What a later invoice of a subscription pays for. */
export interface LaterPeriod {
  readonly metadata: PurchaseMetadata
  readonly period: PaidPeriod
  readonly priceId: string | undefined
  readonly stripeProductId: string | undefined
  readonly soldAs: readonly licenses.SoldItem[]
}

interface Later {
  readonly invoice: Invoice
  readonly subscriptionId: string
  readonly bought: PurchaseMetadata
  readonly family: SubscriptionFamily | undefined
  /** Within a period, and not at the start of one. */
  readonly isChange: boolean
  readonly receivedAt: Date
}

/** How long a change that takes items off or puts some on waits for the purchase it changes. */
const CHANGE_WAITS_MS = 60 * 60_000

/**
 * Reads a later invoice: the period it pays for, and when it gives a license's unused time back without putting another in its place.
 *
 * @returns no period when no line is about a license: it renews and changes nothing
 * @throws DomainError `invalid_payload` when nobody can tell what is paid for
 */
export async function readLaterPeriod(
  deps: ProcessDeps,
  later: Later,
): Promise<{ period: LaterPeriod | undefined; endsAt: Date | undefined }> {
  const { bought, isChange } = later
  const boughtProduct = await productBought(deps, bought)
  const { lines, sold } = await linesOf(deps, later, boughtProduct)
  const periods = unitsOfPeriod(
    lines.filter(({ kind }) => kind === 'period'),
    boughtProduct,
  )
  const changed = await changedTo(deps, later, prorationsOf(lines), boughtProduct, sold)
  const units = periods ?? (isChange && changed.to === 'units' ? changed.units : undefined)
  const endsAt = changed.to === 'nothing' && (periods === undefined || !isChange) ? changed.at : undefined
  return { period: units && periodOf(bought, boughtProduct, units, sold), endsAt }
}

function periodOf(
  bought: PurchaseMetadata,
  boughtProduct: Product | undefined,
  units: PaidUnits,
  sold: readonly Sold[],
): LaterPeriod {
  const { line, period, soldAs } = units
  const product = units.product ?? boughtProduct
  return {
    metadata: entitlementOf(bought, boughtProduct, { ...units, product }, sold),
    period,
    priceId: line.priceId,
    stripeProductId: line.stripeProductId,
    soldAs,
  }
}

/** The lines, and on what was sold before. Stripe is asked for the first invoice only where nothing here tells which line could be ours. */
async function linesOf(deps: ProcessDeps, { invoice, subscriptionId, family }: Later, boughtProduct: Product | undefined) {
  const sold = await soldOf(deps, family)
  const lines = await readLines(deps, invoice.lines, boughtProduct, sold)
  const isKnown = lines.some(({ product }) => product !== undefined) || family?.first.soldAs !== undefined
  if (isKnown || lines.length === 0) return { lines, sold }
  const first = await firstInvoiceOf(deps, subscriptionId, family)
  if (first === undefined) throw inDoubt('no line of the invoice names a product, and its first invoice is not known')
  const items = first.lines.filter(({ kind }) => kind === 'period')
  if (items.length !== 1) throw inDoubt('no line of the invoice names a product, and its first invoice sells several')
  const firstSold = boughtProduct === undefined ? [] : items.map((line) => ({ item: itemOf(line), product: boughtProduct }))
  return { lines: await readLines(deps, invoice.lines, boughtProduct, firstSold), sold: firstSold }
}

const UNTOUCHED: Changed = { to: 'nothing of ours was touched' }

async function changedTo(
  deps: ProcessDeps,
  later: Later,
  prorations: readonly ReadLine[],
  boughtProduct: Product | undefined,
  sold: readonly Sold[],
): Promise<Changed> {
  const { family, invoice, subscriptionId, isChange, receivedAt } = later
  // A change that waited for the next period counts from there on; only what was given back for nothing counts at once.
  if (!isChange && prorations.some(({ kind, product }) => kind === 'change' && product !== undefined)) return UNTOUCHED
  const at = lastStartOf(prorations)
  if (at === undefined) return UNTOUCHED
  const changesSet = isChange && changesItems(prorations)
  const changeKey = planChangeIssuanceKey(subscriptionId, invoice.id)
  const before = family && (await inForceAt(deps, subscriptionId, at, changeKey))
  // What stood beside the changed item is only known from the license that was in force.
  if (changesSet && before === undefined && deps.now().getTime() - receivedAt.getTime() <= CHANGE_WAITS_MS)
    throw new DomainError('temporarily_unavailable', 'the license that was changed is not issued yet')
  if (changesSet && before !== undefined && before.items === undefined && prorations.every(({ kind }) => kind === 'change'))
    throw inDoubt('an item was added to a subscription, and on what its license was sold is not known')
  if (before === undefined || (before.items === undefined && !changesItems(prorations)))
    return unitsAfterChange(prorations, boughtProduct, before)
  const license = { ...before, items: before.items ?? (await itemsBehind(deps, before.invoiceId, boughtProduct)) }
  const standing = await standingBefore(deps, { subscriptionId, invoiceId: invoice.id, at, boughtProduct, sold, license })
  return unitsAfterChange(prorations, boughtProduct, standing)
}

/**
 * On what a license of an older release was sold, which wrote that down nowhere: as the invoice of its period says.
 *
 * @throws DomainError `invalid_payload` when that does not tell either: then nobody knows what is left of it
 */
async function itemsBehind(
  deps: ProcessDeps,
  invoiceId: string | undefined,
  boughtProduct: Product | undefined,
): Promise<licenses.SoldItem[]> {
  const invoice = invoiceId === undefined ? undefined : await invoiceBehind(deps, invoiceId)
  const periods = invoice?.lines.filter(({ kind }) => kind === 'period') ?? []
  const items = (await readLines(deps, periods, boughtProduct, [])).filter(({ product }) => product !== undefined).map(itemOf)
  if (items.length === 0) throw inDoubt('items of a subscription were changed, and on what its license was sold is not known')
  return items
}
