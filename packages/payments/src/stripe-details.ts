import { rfc3339 } from '@licenseoperator/domain'
import { idOf, intentOfPayments, ONE_SHORT_TRY, unlessUnknown } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { z } from 'zod'

const metadata = z.record(z.string(), z.string())

/** What a dashboard is told of an invoice. Amounts in minor units; also the form in which it is stored. */
export const InvoiceDetails = z
  .object({
    id: z.string(),
    status: z.string(),
    currency: z.string(),
    priceId: z.string().optional(),
    priceLookupKey: z.string().optional(),
    amountSubtotal: z.int(),
    amountTax: z.int(),
    amountTotal: z.int(),
    created: z.string().meta({ format: 'date-time' }),
    paidAt: z.string().meta({ format: 'date-time' }).optional(),
    metadata,
    priceMetadata: metadata.optional(),
  })
  .meta({ id: 'InvoiceDetails' })
export type InvoiceDetails = z.infer<typeof InvoiceDetails>

/** What a dashboard is told of a payment intent. Amounts in minor units. */
export const PaymentIntentDetails = z
  .object({
    id: z.string(),
    status: z.string(),
    currency: z.string(),
    amount: z.int(),
    amountReceived: z.int(),
    created: z.string().meta({ format: 'date-time' }),
    metadata,
    charges: z.array(
      z.object({
        id: z.string(),
        status: z.string(),
        currency: z.string(),
        paymentMethod: z.string().meta({ description: "The method's type, e.g. `card`" }),
        amount: z.int(),
        paid: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'PaymentIntentDetails' })
export type PaymentIntentDetails = z.infer<typeof PaymentIntentDetails>

export interface StripeDetails {
  readonly invoice: InvoiceDetails | undefined
  readonly paymentIntent: PaymentIntentDetails | undefined
}

/**
 * A dashboard's page waits for this, so it is one short try for each object.
 *
 * Asks Stripe for a payment's invoice and payment intent; what Stripe does not know is left out.
 *
 * @throws what the SDK throws while Stripe cannot be asked
 */
export async function fetchDetails(
  stripe: Stripe,
  ids: { invoiceId: string | undefined; paymentIntentId: string | undefined },
): Promise<StripeDetails> {
  const { invoiceId } = ids
  const invoice =
    invoiceId === undefined
      ? undefined
      : await unlessUnknown(stripe.invoices.retrieve(invoiceId, { expand: ['payments'] }, ONE_SHORT_TRY))
  const paymentIntentId = ids.paymentIntentId ?? intentOfPayments(invoice?.payments)
  const priceId = idOf(invoice?.lines.data.find((line) => priceOfLine(line) !== undefined)?.pricing?.price_details?.price)
  const [intent, price] = await Promise.all([
    paymentIntentId === undefined
      ? undefined
      : unlessUnknown(stripe.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge'] }, ONE_SHORT_TRY)),
    priceId === undefined ? undefined : unlessUnknown(stripe.prices.retrieve(priceId, {}, ONE_SHORT_TRY)),
  ])
  return {
    invoice: invoice === undefined ? undefined : invoiceDetails(invoice, price, priceId),
    paymentIntent: intent === undefined ? undefined : paymentIntentDetails(intent),
  }
}

function priceOfLine(line: Stripe.InvoiceLineItem): string | undefined {
  return idOf(line.pricing?.price_details?.price)
}

/** @param price  of what the invoice bills; undefined where Stripe does not know it any more */
export function invoiceDetails(
  invoice: Stripe.Invoice,
  price: Stripe.Price | undefined,
  priceId: string | undefined,
): InvoiceDetails {
  const paidAt = invoice.status_transitions.paid_at
  const lookupKey = price?.lookup_key ?? undefined
  return {
    id: invoice.id ?? '',
    status: invoice.status ?? 'draft',
    currency: invoice.currency,
    ...(priceId === undefined ? {} : { priceId }),
    ...(lookupKey === undefined ? {} : { priceLookupKey: lookupKey }),
    amountSubtotal: invoice.subtotal,
    amountTax: (invoice.total_taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0),
    amountTotal: invoice.total,
    created: instant(invoice.created),
    ...(paidAt === null ? {} : { paidAt: instant(paidAt) }),
    metadata: invoice.metadata ?? {},
    ...(price === undefined ? {} : { priceMetadata: price.metadata }),
  }
}

/** With the charge that was tried last, if that was asked for. */
export function paymentIntentDetails(intent: Stripe.PaymentIntent): PaymentIntentDetails {
  const charge = typeof intent.latest_charge === 'string' ? undefined : (intent.latest_charge ?? undefined)
  return {
    id: intent.id,
    status: intent.status,
    currency: intent.currency,
    amount: intent.amount,
    amountReceived: intent.amount_received,
    created: instant(intent.created),
    metadata: intent.metadata,
    charges:
      charge === undefined
        ? []
        : [
            {
              id: charge.id,
              status: charge.status,
              currency: charge.currency,
              paymentMethod: charge.payment_method_details?.type ?? 'unknown',
              amount: charge.amount,
              paid: charge.paid,
            },
          ],
  }
}

function instant(seconds: number): string {
  return rfc3339(new Date(seconds * 1000))
}
