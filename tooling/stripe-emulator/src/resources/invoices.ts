import type Stripe from 'stripe'
import { changeItems } from '../billing/change-subscription.ts'
import { markUncollectible } from '../billing/dunning.ts'
import { finalizeInvoice } from '../billing/invoice.ts'
import { voidInvoice } from '../billing/invoice-events.ts'
import { previewInvoice } from '../billing/preview-invoice.ts'
import { collectOpenInvoice } from '../billing/renew-subscription.ts'
import { type Cause, type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { invalidRequest, missingParameter, noSuch, noSuchParameter, StripeError } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Invoice, Wire } from '../core/wire.ts'
import { genericDecline } from '../customers/cards.ts'
import { emit } from '../webhooks/emit.ts'

export const invoiceRoutes: RouteTable = {
  'GET /v1/invoices': handler<Stripe.InvoiceListParams>(({ emulation, params }) => {
    refuseUnsupported(params, [
      'created',
      'customer',
      'ending_before',
      'expand',
      'limit',
      'starting_after',
      'status',
      'subscription',
    ])
    const items = emulation.store.invoices
      .newestFirst()
      .filter((invoice) => params.customer === undefined || invoice.customer === params.customer)
      .filter((invoice) => params.status === undefined || invoice.status === params.status)
      .filter(
        (invoice) =>
          params.subscription === undefined || invoice.parent?.subscription_details?.subscription === params.subscription,
      )
      .filter((invoice) => inRange(invoice.created, params.created))
    return listPage(items, params, '/v1/invoices')
  }),
  'GET /v1/invoices/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/invoices/{id}/pay': ({ emulation, id, cause }) => {
    const invoice = find(emulation, id)
    if (invoice.status === 'paid') throw invalidRequest('Invoice is already paid', undefined, 'invoice_already_paid')
    if (invoice.status === 'void') throw invalidRequest('You can only pay an open invoice.', 'id')
    const subscription = subscriptionOf(emulation, invoice)
    if (subscription === undefined)
      throw invalidRequest('The emulator only collects invoices of subscriptions.', 'id', 'emulator_unsupported')
    if (invoice.status === 'draft') finalize(emulation, cause, invoice)
    collectOpenInvoice(emulation, subscription, invoice)
    if (!isPaid(invoice))
      throw new StripeError(402, {
        type: 'card_error',
        code: genericDecline.code,
        decline_code: genericDecline.decline_code ?? '',
        message: genericDecline.message,
      })
    return invoice
  },
  'POST /v1/invoices/{id}/void': ({ emulation, id, cause }) => voidInvoice(emulation, cause, openInvoice(emulation, id)),
  'POST /v1/invoices/{id}/finalize': ({ emulation, id, cause }) => {
    const invoice = find(emulation, id)
    if (invoice.status !== 'draft')
      throw invalidRequest('This invoice is already finalized, you can not finalize it again.', 'id')
    return finalize(emulation, cause, invoice)
  },
  'POST /v1/invoices/create_preview': handler<Wire<Stripe.InvoiceCreatePreviewParams>>(({ emulation, params }) => {
    refuseUnsupported(params, ['customer', 'expand', 'subscription', 'subscription_details'])
    refuseUnsupported(params.subscription_details ?? {}, ['items', 'proration_behavior'], 'subscription_details')
    if (params.subscription === undefined) throw missingParameter('subscription')
    const subscription = emulation.store.subscriptions.get(params.subscription)
    if (subscription === undefined) throw noSuchParameter('subscription', params.subscription, 'subscription')
    if (params.customer !== undefined && params.customer !== subscription.customer)
      throw invalidRequest('The subscription does not belong to the customer.', 'customer')
    // Tried out on a copy: a preview changes nothing.
    const copy = structuredClone(subscription)
    const { items = [], proration_behavior: behavior = 'create_prorations' } = params.subscription_details ?? {}
    const changes = changeItems(emulation, copy, items).filter((line) => behavior !== 'none' || line.proration === undefined)
    const atOnce = changes.length > 0 && (behavior === 'always_invoice' || changes.some((line) => line.proration === undefined))
    return previewInvoice(emulation, copy, changes, { next: !atOnce })
  }),
  'POST /v1/invoices/{id}/mark_uncollectible': ({ emulation, id }) => markUncollectible(emulation, openInvoice(emulation, id)),
  'GET /v1/invoices/{id}/lines': handler<Stripe.InvoiceListLineItemsParams>(({ emulation, params, id }) =>
    listPage(emulation.store.invoiceLines.get(find(emulation, id).id) ?? [], params, `/v1/invoices/${id}/lines`),
  ),
}

function finalize(emulation: Emulation, cause: Cause, invoice: Invoice): Invoice {
  finalizeInvoice(emulation, invoice)
  emit(emulation, cause, 'invoice.finalized', invoice)
  return invoice
}

/** A function, because the compiler would hold what an earlier check said of the status. */
function isPaid({ status }: Invoice): boolean {
  return status === 'paid'
}

function subscriptionOf({ store }: Emulation, invoice: Invoice) {
  return store.subscriptions.get(String(invoice.parent?.subscription_details?.subscription ?? ''))
}

function openInvoice(emulation: Emulation, id: string): Invoice {
  const invoice = find(emulation, id)
  if (invoice.status !== 'open') throw invalidRequest('You can only do that with an open invoice.', 'id')
  return invoice
}

function find(emulation: Emulation, id: string): Invoice {
  const invoice = emulation.store.invoices.get(id)
  if (invoice === undefined) throw noSuch('invoice', id)
  return invoice
}
