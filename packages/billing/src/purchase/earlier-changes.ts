import type { Product } from '@licenseoperator/catalog'
import { isDomainError } from '@licenseoperator/domain'
import { type Invoice, isUnknownObject, readWholeInvoice } from '@licenseoperator/stripe'
import { type InForce, type ReadLine, readLines, type Sold, unitsAfterChange } from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'

/** A change of a subscription, and the license that was in force when it happened. */
interface LaterChange {
  readonly subscriptionId: string
  readonly invoiceId: string
  readonly at: Date
  readonly own: Product | undefined
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
  for (const { lines } of await changesBetween(deps, change)) {
    const changed = changeOf(lines, change.own, standing)
    if (changed?.to === 'nothing') standing = { product: undefined, items: [] }
    if (changed?.to === 'units') standing = { product: changed.units.product, items: changed.units.soldAs }
  }
  return standing
}

/** @returns undefined for a change that nobody can serve: it is parked, and brought nothing */
function changeOf(lines: readonly ReadLine[], own: Product | undefined, before: InForce) {
  try {
    return unitsAfterChange(lines, own, before)
  } catch (error) {
    if (isDomainError(error, 'invalid_payload')) return undefined
    throw error
  }
}

/** In the order of the instants they count from. */
async function changesBetween(deps: ProcessDeps, { subscriptionId, invoiceId, at, own, sold, license }: LaterChange) {
  const changes: { readonly at: Date; readonly lines: readonly ReadLine[] }[] = []
  for (const invoice of await changeInvoices(deps, subscriptionId, license.since)) {
    if (invoice.id === invoiceId || invoice.id === license.invoiceId) continue
    const prorations = prorationsOf(await readLines(deps, invoice.lines, own, sold))
    const from = lastStartOf(prorations)
    if (from !== undefined && license.since <= from && from < at) changes.push({ at: from, lines: prorations })
  }
  return changes.toSorted((one, other) => one.at.getTime() - other.at.getTime())
}

/** Of a subscription that Stripe does not know any more there are none. */
async function changeInvoices({ stripe }: ProcessDeps, subscription: string, since: Date): Promise<Invoice[]> {
  const found: Invoice[] = []
  const created = { gte: Math.floor(since.getTime() / 1000) }
  try {
    for await (const object of stripe.invoices.list({ subscription, created, status: 'paid', limit: 100 }))
      if (object.billing_reason === 'subscription_update') found.push(await readWholeInvoice(stripe, object))
    return found
  } catch (error) {
    if (isUnknownObject(error)) return []
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
