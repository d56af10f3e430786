import { DomainError, paymentKeyOfInvoice } from '@licenseoperator/domain'
import { z } from 'zod'
import { Address, EmailAddress, Expandable, Metadata, StripeId } from './id-of.ts'

const amount = z.int()
const seconds = z.int()
const details = z.looseObject({ subscription: Expandable, metadata: Metadata.optional() }).nullish()
const creditOf = z.looseObject({ credited_items: z.unknown().optional() }).nullish()
const prorated = z
  .looseObject({ proration: z.boolean().nullish(), proration_details: creditOf, subscription_item: Expandable })
  .nullish()

/** Text in webhooks, an object of the SDK in its answers. Only compared with, so what is no number is as if it were not there. */
const Decimal = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = value === undefined || value === null ? Number.NaN : Number(String(value))
    return Number.isFinite(number) ? number : undefined
  })

/** Both shapes of an invoice line: since basil its price hangs in `pricing` and its kind in `parent`, before both stand on the line itself. */
const LineShape = z.looseObject({
  amount,
  period: z.looseObject({ start: seconds, end: seconds }),
  pricing: z
    .looseObject({
      price_details: z.looseObject({ price: Expandable, product: Expandable }).nullish(),
      unit_amount_decimal: Decimal,
    })
    .nullish(),
  price: z.looseObject({ id: StripeId, product: Expandable, unit_amount: amount.nullish() }).nullish(),
  parent: z
    .looseObject({ type: z.string().nullish(), subscription_item_details: prorated, invoice_item_details: prorated })
    .nullish(),
  proration: z.boolean().nullish(),
  proration_details: creditOf,
  subscription_item: Expandable,
  type: z.string().nullish(),
  quantity: z.int().nullish(),
})

const InvoiceShape = z.looseObject({
  id: StripeId,
  status: z.string().nullish(),
  paid: z.boolean().nullish(),
  billing_reason: z.string().nullish(),
  created: seconds,
  currency: z.string(),
  customer: Expandable,
  customer_email: EmailAddress,
  customer_name: z.string().nullish(),
  customer_address: Address,
  subtotal: amount,
  total: amount,
  amount_paid: amount.nullish(),
  total_taxes: z.array(z.looseObject({ amount })).nullish(),
  tax: amount.nullish(),
  status_transitions: z.looseObject({ paid_at: seconds.nullish() }).nullish(),
  parent: z.looseObject({ subscription_details: details }).nullish(),
  subscription: Expandable,
  subscription_details: z.looseObject({ metadata: Metadata.optional() }).nullish(),
  payment_intent: Expandable,
  payments: z.unknown().optional(),
  metadata: Metadata,
  lines: z.looseObject({ data: z.array(LineShape), has_more: z.boolean().nullish() }),
})

/** What one line of an invoice is about. */
export interface InvoiceLine {
  readonly priceId: string | undefined
  readonly stripeProductId: string | undefined
  /** Of one unit; undefined where Stripe's own tiers decide. In the currency's minor unit. */
  readonly unitAmountMinor: number | undefined
  /** 0 for an item that was set to nothing. */
  readonly quantity: number
  readonly period: { readonly start: Date; readonly end: Date }
  /** Item of the subscription; undefined for what is paid once and for old shapes of a proration. */
  readonly itemId: string | undefined
  /** A period of the subscription; the rest of one under new terms; what is given back of the old ones; something that is bought once. */
  readonly kind: 'period' | 'change' | 'credit' | 'once'
}

/**
 * What we read of an invoice, in the shape of API versions from acacia (2025-02) to endive (2026-10). Amounts in minor units.
 *
 * `period` is that of the subscription's own line, never the invoice's (which says when items could be added), and never a proration's; only an
 * invoice for a change of plan is about the rest of the period under the new plan, which is a proration. `priceId`, `stripeProductId` and `quantity`
 * are of what was bought: on a first invoice the line that is paid once, where a license is sold with its maintenance, else the subscription's. `lines` are all
 * lines: what each of them is about decides what is brought (`paid-units.ts`), since a subscription may have items that are none of ours.
 *
 * @throws ZodError for an unknown shape: the caller parks it, nothing is ever read as zero or 1970
 */
export function readInvoice(object: unknown) {
  const invoice = InvoiceShape.parse(object)
  const lines = invoice.lines.data.filter((line) => !isProration(line))
  const recurring = lines.filter((line) => !isPaidOnce(line))
  const about = recurring.length > 0 ? recurring : changesOf(invoice)
  const [line] = about
  const bought = (invoice.billing_reason === 'subscription_create' ? lines.find(isPaidOnce) : undefined) ?? line
  const taxes = invoice.total_taxes?.reduce((sum, tax) => sum + tax.amount, 0) ?? invoice.tax ?? 0
  const paidAt = invoice.status_transitions?.paid_at
  return {
    id: invoice.id,
    /** True when Stripe sent only the first lines: what is read of lines then may be missing. */
    hasMoreLines: invoice.lines.has_more === true,
    paid: invoice.status === 'paid' || invoice.paid === true,
    billingReason: invoice.billing_reason ?? undefined,
    createdAt: new Date(invoice.created * 1000),
    paidAt: paidAt === undefined || paidAt === null ? undefined : new Date(paidAt * 1000),
    currency: invoice.currency,
    customerId: invoice.customer,
    email: invoice.customer_email,
    customerName: invoice.customer_name ?? undefined,
    billingAddress: invoice.customer_address,
    amountSubtotalMinor: invoice.subtotal,
    amountTaxMinor: taxes,
    amountTotalMinor: invoice.total,
    /** What was charged: less than the total where a credit paid the rest. */
    amountPaidMinor: invoice.amount_paid ?? undefined,
    subscriptionId: invoice.parent?.subscription_details?.subscription ?? invoice.subscription,
    metadata: firstFilled(
      invoice.parent?.subscription_details?.metadata,
      invoice.subscription_details?.metadata,
      invoice.metadata,
    ),
    paymentIntentId: invoice.payment_intent ?? intentOfPayments(invoice.payments),
    ...(bought === undefined ? noPrice : pricedAs(bought)),
    period: line === undefined ? undefined : periodOf(line),
    lines: invoice.lines.data.map(lineOf),
  }
}
/** Since basil only an invoice that was asked for with `expand: ['payments']` says what paid it. Only shown, so no shape of it is refused. */
const InvoicePayments = z.looseObject({
  data: z.array(z.looseObject({ payment: z.looseObject({ type: z.string(), payment_intent: Expandable }).nullish() })),
})

/** The payment intent among the payments of an invoice, as they hang in it or as `invoicePayments.list` answers. */
export function intentOfPayments(payments: unknown): string | undefined {
  const known = InvoicePayments.safeParse(payments)
  return known.success
    ? known.data.data.find(({ payment }) => payment?.type === 'payment_intent')?.payment?.payment_intent
    : undefined
}

export type Invoice = ReturnType<typeof readInvoice>

/** What an invoice says about its payment; under one key, whichever event tells of it. */
export function paymentOfInvoice(invoice: Invoice) {
  return {
    paymentKey: paymentKeyOfInvoice(invoice.id),
    paidAt: invoice.paidAt ?? invoice.createdAt,
    customerName: invoice.customerName,
    customerEmail: invoice.email,
    currency: invoice.currency,
    amountSubtotalMinor: invoice.amountSubtotalMinor,
    amountTaxMinor: invoice.amountTaxMinor,
    amountTotalMinor: invoice.amountTotalMinor,
    amountChargedMinor: invoice.amountPaidMinor,
    stripeProductId: invoice.stripeProductId,
    billingAddress: invoice.billingAddress,
    coversUntil: invoice.period?.end,
  }
}

/** @throws DomainError `invalid_payload` when the invoice has no subscription line whose period could be the paid one */
export function paidPeriodOf(invoice: Invoice): { start: Date; end: Date } {
  if (invoice.period === undefined)
    throw new DomainError('invalid_payload', 'invalid payload: the invoice has no subscription line', { field: 'lines' })
  return invoice.period
}

type Line = z.infer<typeof LineShape>

/** The lines for the rest of the period under a new plan, the latest first: prorations that are no credits for the old one. */
function changesOf({ billing_reason, lines }: z.infer<typeof InvoiceShape>): Line[] {
  if (billing_reason !== 'subscription_update') return []
  // Of two at one instant the later line counts.
  return lines.data
    .filter((line) => isProration(line) && !isCredit(line))
    .toReversed()
    .sort((a, b) => b.period.start - a.period.start)
}

function lineOf(line: Line): InvoiceLine {
  const kind = isProration(line) ? (isCredit(line) ? 'credit' : 'change') : isPaidOnce(line) ? 'once' : 'period'
  const unit = line.pricing?.unit_amount_decimal ?? line.price?.unit_amount ?? undefined
  return {
    ...pricedAs(line),
    unitAmountMinor: unit,
    period: periodOf(line),
    itemId: line.parent?.subscription_item_details?.subscription_item ?? line.subscription_item,
    kind,
  }
}

const noPrice = { priceId: undefined, stripeProductId: undefined, quantity: 1 }

function pricedAs({ pricing, price, quantity }: Line): Pick<InvoiceLine, 'priceId' | 'stripeProductId' | 'quantity'> {
  return {
    priceId: pricing?.price_details?.price ?? price?.id,
    stripeProductId: pricing?.price_details?.product ?? price?.product,
    quantity: quantity ?? 1,
  }
}

function periodOf({ period: { start, end } }: Line): { start: Date; end: Date } {
  return { start: new Date(start * 1000), end: new Date(end * 1000) }
}

function isCredit({ amount: minor, parent, proration_details }: z.infer<typeof LineShape>): boolean {
  const details = [
    parent?.subscription_item_details?.proration_details,
    parent?.invoice_item_details?.proration_details,
    proration_details,
  ]
  return minor < 0 || details.some((detail) => detail?.credited_items !== undefined && detail.credited_items !== null)
}

function isProration({ parent, proration }: z.infer<typeof LineShape>): boolean {
  return (
    parent?.subscription_item_details?.proration === true ||
    parent?.invoice_item_details?.proration === true ||
    proration === true
  )
}

function isPaidOnce({ parent, type }: z.infer<typeof LineShape>): boolean {
  return parent?.type === 'invoice_item_details' || type === 'invoiceitem'
}

function firstFilled(...candidates: (Record<string, string> | undefined)[]): Record<string, string> {
  return candidates.find((metadata) => metadata !== undefined && Object.keys(metadata).length > 0) ?? {}
}
