import type { Stripe } from 'stripe'
import { type Invoice, readInvoice } from './invoice.ts'

/**
 * As `readInvoice`, with all its lines: Stripe sends only the first ones along, and the paid period may stand behind a row of prorations.
 *
 * @throws ZodError for an unknown shape, and what Stripe throws
 */
export async function readWholeInvoice(stripe: Stripe, object: object): Promise<Invoice> {
  const invoice = readInvoice(object)
  if (!invoice.hasMoreLines) return invoice
  const data: object[] = []
  for await (const line of stripe.invoices.listLineItems(invoice.id, { limit: 100 })) data.push(line)
  return readInvoice({ ...object, lines: { data, has_more: false } })
}
