import { DomainError } from '@licenseoperator/domain'
import { z } from 'zod'
import { Address, EmailAddress, Expandable, Metadata, StripeId } from './id-of.ts'

const amount = z.int()
const seconds = z.int()
const details = z.looseObject({ subscription: Expandable, metadata: Metadata.optional() }).nullish()
const creditOf = z.looseObject({ credited_items: z.unknown().optional() }).nullish()
const prorated = z
  .looseObject({ proration: z.boolean().nullish(), proration_details: creditOf, subscription_item: Expandable })
  .nullish()

/** Both shapes of an invoice line: since basil its price hangs in `pricing` and its kind in `parent`, before both stand on the line itself. */
const LineShape = z.looseObject({
  amount,
  period: z.looseObject({ start: seconds, end: seconds }),
  pricing: z.looseObject({ price_details: z.looseObject({ price: Expandable, product: Expandable }).nullish() }).nullish(),
  price: z.looseObject({ id: StripeId, product: Expandable }).nullish(),
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

/** What one line of an invoice pays for. */
export interface InvoiceItem {
  readonly priceId: string | undefined
  readonly stripeProductId: string | undefined
  readonly quantity: number
  readonly period: { readonly start: Date; readonly end: Date }
  /** A period of the subscription, or the rest of one after a change. */
  readonly kind: 'period' | 'change'
  /** What the same item of the subscription was before is given back: nothing was added beside it. */
  readonly replaces: boolean
}

/**
 * What we read of an invoice, in the shape of API versions from acacia (2025-02) to endive (2026-10). Amounts in minor units.
 *
 * `period` is that of the subscription's own line, never the invoice's (which says when items could be added), and never a proration's; only an
 * invoice for a change of plan is about the rest of the period under the new plan, which is a proration. `priceId`, `stripeProductId` and `quantity`
 * are of what was bought: on a first invoice the line that is paid once, where a license is sold with its maintenance, else the subscription's. `items` are
 * all lines that could be about a license: a subscription may have items that are none of ours.
 *
 * @throws ZodError for an unknown shape: the caller parks it, nothing is ever read as zero or 1970
 */
export function readInvoice(object: unknown) {
  const invoice = InvoiceShape.parse(object)
  const lines = invoice.lines.data.filter((one) => !isProration(one))
  const recurring = lines.filter((one) => !isPaidOnce(one))
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
    subscriptionId: invoice.parent?.subscription_details?.subscription ?? invoice.subscription,
    metadata: firstFilled(
      invoice.parent?.subscription_details?.metadata,
      invoice.subscription_details?.metadata,
      invoice.metadata,
    ),
    paymentIntentId: invoice.payment_intent ?? intentOf(invoice.payments),
    ...(bought === undefined ? noPrice : pricedAs(bought)),
    period: line === undefined ? undefined : periodOf(line),
    items: about.map((one) => itemOf(invoice, one)),
  }
}
/** Since basil only an invoice that was asked for with `expand: ['payments']` says what paid it. Only shown, so no shape of it is refused. */
const InvoicePayments = z.looseObject({
  data: z.array(z.looseObject({ payment: z.looseObject({ type: z.string(), payment_intent: Expandable }).nullish() })),
})

function intentOf(payments: unknown): string | undefined {
  const known = InvoicePayments.safeParse(payments)
  return known.success
    ? known.data.data.find(({ payment }) => payment?.type === 'payment_intent')?.payment?.payment_intent
    : undefined
}

export type Invoice = ReturnType<typeof readInvoice>

/** What an invoice says about its payment; under one key, whichever event tells of it. */
export function paymentOfInvoice(invoice: Invoice) {
  return {
    paymentKey: `invoice:${invoice.id}`,
    paidAt: invoice.paidAt ?? invoice.createdAt,
    customerName: invoice.customerName,
    customerEmail: invoice.email,
    currency: invoice.currency,
    amountSubtotalMinor: invoice.amountSubtotalMinor,
    amountTaxMinor: invoice.amountTaxMinor,
    amountTotalMinor: invoice.amountTotalMinor,
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
    .sort((one, other) => other.period.start - one.period.start)
}

function itemOf({ lines }: z.infer<typeof InvoiceShape>, line: Line): InvoiceItem {
  const own = subscriptionItemOf(line)
  const credited = lines.data.some((one) => isProration(one) && isCredit(one) && subscriptionItemOf(one) === own)
  const kind = isProration(line) ? ('change' as const) : ('period' as const)
  return { ...pricedAs(line), period: periodOf(line), kind, replaces: own === undefined || credited }
}

function subscriptionItemOf({ parent, subscription_item }: Line): string | undefined {
  return parent?.subscription_item_details?.subscription_item ?? subscription_item
}

const noPrice = { priceId: undefined, stripeProductId: undefined, quantity: 1 }

function pricedAs({ pricing, price, quantity }: Line): Pick<InvoiceItem, 'priceId' | 'stripeProductId' | 'quantity'> {
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
  return minor < 0 || details.some((one) => one?.credited_items !== undefined && one.credited_items !== null)
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
