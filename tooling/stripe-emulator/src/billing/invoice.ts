import type { Emulation } from '../core/emulation.ts'
import type { InvoiceLineOrder } from '../core/invoice-line-order.ts'
import { embeddedList } from '../core/list.ts'
import type { Customer, Discount, Invoice, InvoiceLine, InvoicePayment, PaymentIntent, Subscription } from '../core/wire.ts'
import { automaticTaxPercent, automaticTaxRate, taxOn } from './tax.ts'

export interface InvoiceOrder {
  reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'manual' | 'upcoming'
  currency: string
  customer: Customer | null
  email: string | null
  subscription: Subscription | null
  lines: readonly InvoiceLineOrder[]
  discount: Discount | null
  metadata: Record<string, string>
  automaticTax: boolean
}

/** A draft invoice with its lines. */
export function addInvoice(emulation: Emulation, order: InvoiceOrder): Invoice {
  const { invoice, lines } = buildInvoice(emulation, order, emulation.ids.next('in_'))
  emulation.store.invoiceLines.set(invoice.id, lines)
  return emulation.store.invoices.add(invoice)
}

/** An invoice and its lines, not kept. */
export function buildInvoice(emulation: Emulation, order: InvoiceOrder, id: string): { invoice: Invoice; lines: InvoiceLine[] } {
  const now = emulation.clock.now()
  const lines = order.lines.map((line) => buildLine(emulation, id, order, line))
  const subtotal = lines.reduce((sum, line) => sum + line.subtotal, 0)
  const discounted = order.lines.reduce((sum, line) => sum + line.discount, 0)
  const taxes = lines.flatMap((line) => line.taxes ?? [])
  const sumOfTaxes = (kind: string) => taxes.filter((tax) => tax.tax_behavior === kind).reduce((sum, tax) => sum + tax.amount, 0)
  const total = subtotal - discounted + sumOfTaxes('exclusive')
  const invoice: Invoice = {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Stripe emulator',
    account_tax_ids: null,
    amount_due: Math.max(0, total),
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: Math.max(0, total),
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: {
      disabled_reason: null,
      enabled: order.automaticTax,
      liability: order.automaticTax ? { type: 'self' } : null,
      provider: order.automaticTax ? 'stripe' : null,
      status: order.automaticTax ? 'complete' : null,
    },
    automatically_finalizes_at: null,
    billing_reason: order.reason,
    collection_method: 'charge_automatically',
    created: now,
    currency: order.currency,
    custom_fields: null,
    customer: order.customer?.id ?? null,
    customer_account: null,
    customer_address: order.customer?.address ?? null,
    customer_email: order.customer?.email ?? order.email,
    customer_name: order.customer?.name ?? null,
    customer_phone: order.customer?.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: order.customer?.tax_exempt ?? 'none',
    customer_tax_ids: emulation.store.taxIds
      .newestFirst()
      .filter((taxId) => order.customer !== null && taxId.customer === order.customer.id)
      .map(({ type, value }) => ({ type, value })),
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: order.discount === null ? [] : [order.discount.id],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: embeddedList(lines, `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: { ...order.metadata },
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: now,
    period_start: now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal,
    subtotal_excluding_tax: subtotal - sumOfTaxes('inclusive'),
    test_clock: order.customer?.test_clock ?? null,
    total,
    total_discount_amounts: order.discount === null ? [] : [{ amount: discounted, discount: order.discount.id }],
    total_excluding_tax: total - sumOfTaxes('inclusive') - sumOfTaxes('exclusive'),
    total_pretax_credit_amounts: [],
    total_taxes: totalTaxes(taxes),
    webhooks_delivered_at: now,
    ...(order.subscription === null ? {} : { parent: parentOf(order.subscription) }),
  }
  return { invoice, lines }
}

function parentOf(subscription: Subscription): NonNullable<Invoice['parent']> {
  return {
    quote_details: null,
    subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
    type: 'subscription_details',
  }
}

function buildLine(emulation: Emulation, invoice: string, order: InvoiceOrder, line: InvoiceLineOrder): InvoiceLine {
  const subscription = order.subscription?.id ?? null
  return {
    id: emulation.ids.next('il_'),
    object: 'line_item',
    amount: line.amount,
    currency: order.currency,
    description: line.description,
    discount_amounts: order.discount === null ? [] : [{ amount: line.discount, discount: order.discount.id }],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: { ...line.metadata },
    parent:
      line.subscriptionItem === null
        ? {
            invoice_item_details: {
              invoice_item: emulation.ids.next('ii_'),
              proration: false,
              proration_details: null,
              subscription,
            },
            subscription_item_details: null,
            type: 'invoice_item_details',
          }
        : {
            invoice_item_details: null,
            subscription_item_details: {
              invoice_item: null,
              proration: line.proration !== undefined,
              proration_details: {
                credited_items: line.proration === 'credit' ? { invoice, invoice_line_items: [emulation.ids.next('il_')] } : null,
              },
              subscription,
              subscription_item: line.subscriptionItem,
            },
            type: 'subscription_item_details',
          },
    period: { ...line.period },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: line.price, product: line.product },
      type: 'price_details',
      unit_amount_decimal: line.unitAmountDecimal,
    },
    quantity: line.quantity,
    quantity_decimal: line.quantity === null ? null : String(line.quantity),
    subscription,
    subtotal: line.amount,
    taxes: taxesOf(emulation, order, line),
  }
}

function taxesOf(emulation: Emulation, order: InvoiceOrder, line: InvoiceLineOrder): NonNullable<InvoiceLine['taxes']> {
  const percent = automaticTaxPercent(emulation, order.automaticTax, order.customer)
  if (percent === 0) return []
  const tax = taxOn(line.amount - line.discount, percent, emulation.store.prices.get(line.price)?.tax_behavior)
  return [
    {
      amount: tax.amount,
      tax_behavior: tax.inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: automaticTaxRate(emulation, tax.inclusive).id },
      taxability_reason: 'standard_rated',
      taxable_amount: tax.taxable,
      type: 'tax_rate_details',
    },
  ]
}

/** The lines' taxes, summed up by rate. */
function totalTaxes(taxes: NonNullable<InvoiceLine['taxes']>): NonNullable<Invoice['total_taxes']> {
  const totals = new Map<string | undefined, (typeof taxes)[number]>()
  for (const tax of taxes) {
    const rate = tax.tax_rate_details?.tax_rate
    const { amount = 0, taxable_amount: taxable = 0 } = totals.get(rate) ?? {}
    totals.set(rate, { ...tax, amount: amount + tax.amount, taxable_amount: (taxable ?? 0) + (tax.taxable_amount ?? 0) })
  }
  return [...totals.values()]
}

/** Draft → open: numbered, and the subscription's metadata as it is now fixed in it. */
export function finalizeInvoice(emulation: Emulation, invoice: Invoice): void {
  const now = emulation.clock.now()
  emulation.store.counters.invoice += 1
  invoice.number = `EMULATOR-${String(emulation.store.counters.invoice).padStart(4, '0')}`
  invoice.status = 'open'
  invoice.effective_at = now
  invoice.ending_balance = 0
  invoice.status_transitions.finalized_at = now
  invoice.hosted_invoice_url = `${emulation.origin()}/i/${invoice.id}`
  invoice.invoice_pdf = `${emulation.origin()}/i/${invoice.id}/pdf`
  const subscription = emulation.store.subscriptions.get(invoice.parent?.subscription_details?.subscription ?? '')
  if (subscription !== undefined) invoice.parent = parentOf(subscription)
}

/** Open → paid. Returns the payment record, `null` for an invoice over nothing. */
export function markPaid(emulation: Emulation, invoice: Invoice, intent: PaymentIntent | null): InvoicePayment | null {
  const now = emulation.clock.now()
  invoice.status = 'paid'
  invoice.attempted = true
  invoice.attempt_count += intent === null ? 0 : 1
  invoice.amount_paid = Math.max(0, invoice.total)
  invoice.amount_remaining = 0
  invoice.auto_advance = false
  invoice.next_payment_attempt = null
  invoice.status_transitions.paid_at = now
  if (intent === null) return null
  const payment = paymentOf(emulation, invoice, intent)
  payment.status = 'paid'
  payment.amount_paid = invoice.total
  payment.status_transitions.paid_at = now
  return payment
}

/** The invoice's one default payment; made when its payment intent is. */
export function paymentOf(emulation: Emulation, invoice: Invoice, intent: PaymentIntent): InvoicePayment {
  const existing = emulation.store.invoicePayments.newestFirst().find((payment) => payment.invoice === invoice.id)
  return (
    existing ??
    emulation.store.invoicePayments.add({
      id: emulation.ids.next('inpay_'),
      object: 'invoice_payment',
      amount_paid: null,
      amount_requested: invoice.total,
      created: emulation.clock.now(),
      currency: invoice.currency,
      invoice: invoice.id,
      is_default: true,
      livemode: false,
      payment: { payment_intent: intent.id, type: 'payment_intent' },
      status: 'open',
      status_transitions: { canceled_at: null, paid_at: null },
    })
  )
}
