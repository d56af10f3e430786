import type { Product } from '@licenseoperator/catalog'
import { type CheckoutSession, type InvoiceLine, idOf, isUnknownObject } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { entitlementOf } from './entitlement-of.ts'
import { productBought, type ReadLine, readLines } from './our-line.ts'
import { onlyLine, unitsOfPeriod } from './paid-units.ts'
import type { PurchaseMetadata } from './purchase-metadata.ts'
import type { TermsDeps } from './terms-deps.ts'

interface SoldOnce {
  readonly metadata: PurchaseMetadata
  /** Undefined where the metadata alone counts. */
  readonly priceId: string | undefined
}

/**
 * What a one-time checkout pays for, by the same rules as an invoice. Checkouts of ours sell one unit and say what it is; of others, a payment link's for
 * one, Stripe is asked for the lines.
 *
 * @returns undefined for zero units
 * @throws DomainError `invalid_payload` when nobody can tell what is paid for, and what Stripe throws
 */
export async function unitsOfSession(
  deps: TermsDeps,
  session: CheckoutSession,
  bought: PurchaseMetadata,
): Promise<SoldOnce | undefined> {
  if (bought.reservation_id !== undefined) return { metadata: bought, priceId: undefined }
  const boughtProduct = await productBought(deps, bought)
  const sold = await linesOf(deps, session.id)
  if (sold.length === 0) return { metadata: bought, priceId: undefined }
  return soldOnce(bought, boughtProduct, await readLines(deps, sold, boughtProduct, []))
}

/** What the lines of a one-time checkout pay for. @returns undefined for zero units */
export function soldOnce(
  bought: PurchaseMetadata,
  boughtProduct: Product | undefined,
  lines: readonly ReadLine[],
): SoldOnce | undefined {
  const units = lines.some(({ product }) => product !== undefined)
    ? unitsOfPeriod(lines, boughtProduct)
    : onlyLine(lines, boughtProduct)
  return units && { metadata: entitlementOf(bought, boughtProduct ?? units.product, units), priceId: units.line.priceId }
}

/** None of a session that Stripe does not know: then its metadata alone counts. */
async function linesOf({ stripe }: Pick<TermsDeps, 'stripe'>, sessionId: string): Promise<InvoiceLine[]> {
  const sold: InvoiceLine[] = []
  try {
    for await (const item of stripe.checkout.sessions.listLineItems(sessionId, { limit: 100 })) sold.push(lineOf(item))
    return sold
  } catch (error) {
    if (isUnknownObject(error)) return []
    throw error
  }
}

/** A line of a checkout as invoices have it. */
export function lineOf({ price, quantity }: Pick<Stripe.LineItem, 'price' | 'quantity'>): InvoiceLine {
  const never = new Date(0)
  return {
    priceId: price?.id,
    stripeProductId: idOf(price?.product),
    unitAmountMinor: price?.unit_amount ?? undefined,
    quantity: quantity ?? 1,
    period: { start: never, end: never },
    itemId: undefined,
    kind: 'once',
  }
}
