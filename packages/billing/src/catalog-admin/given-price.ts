import type { ProductFields } from '@licenseoperator/catalog'
import { prices, type Tx } from '@licenseoperator/db'

/** A price that the administrator names is known from now on, also to invoices that come years later. */
export async function recordGivenPrice(tx: Tx, productId: number, fields: ProductFields, now: Date): Promise<void> {
  const { stripePriceId, stripeProductId } = fields
  if (stripePriceId === undefined || stripeProductId === undefined) return
  const { currency, unitAmountMinor, billingInterval, billingIntervalCount } = fields
  const price = { stripePriceId, stripeProductId, currency, unitAmountMinor, billingInterval, billingIntervalCount }
  await prices.replace(tx, productId, price, now)
}
