import type { Product } from '@licenseoperator/catalog'
import { isDomainError } from '@licenseoperator/domain'
import { type Invoice, isUnknownObject, readWholeInvoice } from '@licenseoperator/stripe'
import {
  type InForce,
  inDoubt,
  type ReadLine,
  readLines,
  type Sold,
  unitsAfterChange,
  unitsOfPeriod,
} from '@licenseoperator/terms'
import { z } from 'zod'
import type { ProcessDeps } from '../handling/event-handler.ts'

/** A change of a subscription, and the license that was in force when it happened. */
interface LaterChange {
  readonly subscriptionId: string
  readonly invoiceId: string
  readonly at: Date
  readonly boughtProduct: Product | undefined
  readonly sold: readonly Sold[]
  readonly license: InForce & { readonly invoiceId: string | undefined; readonly since: Date }
}

/**
 * What stood on the subscription when it was changed: what the license in force was sold on, and what changes between the two made of it, of which some may
 * not have been told yet. They are read from their invoices at Stripe, so that the order of events decides nothing.
 *
 * @throws what Stripe and MySQL throw
 */
export async function standingBefore(deps: ProcessDeps, change: LaterChange): Promise<InForce> {
  let standing: InForce = change.license
  for (const lines of await invoicesBetween(deps, change)) {
    const left = leftBy(lines, change.boughtProduct, standing)
    if (left !== undefined) standing = left
  }
  return standing
}

/**
 * What an invoice leaves on the subscription: a new period of ours, which a change of interval begins at once, is all of it; else its prorations say.
 *
 * @returns undefined where it touched nothing of ours, and for what nobody can serve: that is parked, and brought nothing
 */
function leftBy(lines: readonly ReadLine[], boughtProduct: Product | undefined, before: InForce): InForce | undefined {
  try {
    const period = unitsOfPeriod(
      lines.filter(({ kind }) => kind === 'period'),
      boughtProduct,
    )
    if (period !== undefined) return { product: period.product, items: period.soldAs }
    const changed = unitsAfterChange(prorationsOf(lines), boughtProduct, before)
    if (changed.to === 'nothing') return { product: undefined, items: [] }
    return changed.to === 'units' ? { product: changed.units.product, items: changed.units.soldAs } : undefined
  } catch (error) {
    if (isDomainError(error, 'invalid_payload')) return undefined
    throw error
  }
}

/** Their lines, in the order of the instants they count from, and of two at one instant in the order they were made. */
async function invoicesBetween(deps: ProcessDeps, change: LaterChange): Promise<ReadLine[][]> {
  const { invoiceId, at, boughtProduct, sold, license } = change
  const newestFirst = await invoicesSince(deps, change.subscriptionId, license.since)
  const ids = newestFirst.map(({ id }) => id)
  // What the license's own invoice counts is in the license, and so is whatever was made before it.
  const first = license.invoiceId === undefined ? -1 : ids.indexOf(license.invoiceId)
  const between = newestFirst.slice(ids.indexOf(invoiceId) + 1, first < 0 ? undefined : first)
  const found: { readonly from: Date; readonly lines: ReadLine[] }[] = []
  for (const invoice of between.toReversed()) {
    const lines = await readLines(deps, invoice.lines, boughtProduct, sold)
    const from = lastStartOf(lines.filter(({ kind }) => kind === 'period')) ?? lastStartOf(prorationsOf(lines))
    if (from !== undefined && license.since <= from && from <= at) found.push({ from, lines })
  }
  return found.toSorted((a, b) => a.from.getTime() - b.from.getTime()).map(({ lines }) => lines)
}

/** Paid invoices, newest first as Stripe lists them. Of a subscription that Stripe does not know any more there are none. */
async function invoicesSince({ stripe }: ProcessDeps, subscription: string, since: Date): Promise<Invoice[]> {
  const found: Invoice[] = []
  const created = { gte: Math.floor(since.getTime() / 1000) }
  try {
    for await (const object of stripe.invoices.list({ subscription, created, status: 'paid', limit: 100 }))
      found.push(await readWholeInvoice(stripe, object))
    return found
  } catch (error) {
    if (isUnknownObject(error)) return []
    if (error instanceof z.ZodError) throw inDoubt('an earlier invoice of the subscription cannot be read')
    throw error
  }
}

/** A line over no time takes nothing away and adds nothing: what it was about had ended before. */
export function prorationsOf(lines: readonly ReadLine[]): ReadLine[] {
  return lines.filter(({ kind, period }) => (kind === 'change' || kind === 'credit') && period.start < period.end)
}

/** When the last change counts from that these lines tell of; undefined where they are about nothing of ours. */
export function lastStartOf(prorations: readonly ReadLine[]): Date | undefined {
  const starts = prorations.flatMap(({ period, product }) => (product === undefined ? [] : [period.start.getTime()]))
  return starts.length === 0 ? undefined : new Date(Math.max(...starts))
}
