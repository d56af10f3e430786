import type { Product } from '@licenseoperator/catalog'
import { aProduct } from '@licenseoperator/db/testing'
import type { InvoiceLine } from '@licenseoperator/stripe'

/** A product as it is stored: a subscription at 9.00 a year; a test names only what it is about. */
export function aStored(fields: Partial<Product> & { readonly slug: string }): Product {
  const { id = 1, createdAt = new Date(0), updatedAt = new Date(0), revision = 0, ...rest } = fields
  return { ...aProduct({ type: 'subscription', unitAmountMinor: 900, ...rest }), id, createdAt, updatedAt, revision }
}

/** One unit of 9.00 for the year 2026. */
export function aLine(fields: Partial<InvoiceLine> = {}): InvoiceLine {
  return {
    priceId: 'price_1',
    stripeProductId: 'prod_1',
    unitAmountMinor: 900,
    quantity: 1,
    itemId: 'si_1',
    kind: 'period',
    period: { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2027-01-01T00:00:00Z') },
    ...fields,
  }
}
