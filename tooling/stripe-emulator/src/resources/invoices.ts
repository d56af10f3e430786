import type Stripe from 'stripe'
import { collectInvoice, markUncollectible } from '../billing/dunning.ts'
import { genericDecline } from '../checkout/cards.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { invalidRequest, noSuch, StripeError } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Invoice } from '../core/wire.ts'
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
  'POST /v1/invoices/{id}/pay': ({ emulation, id }) => {
    const invoice = find(emulation, id)
    if (invoice.status === 'paid') throw invalidRequest('Invoice is already paid', undefined, 'invoice_already_paid')
    const subscription = emulation.store.subscriptions.get(String(invoice.parent?.subscription_details?.subscription ?? ''))
    if (subscription === undefined || (invoice.status !== 'open' && invoice.status !== 'uncollectible'))
      throw invalidRequest('The emulator only collects open invoices of subscriptions.', 'id', 'emulator_unsupported')
    if (!collectInvoice(emulation, subscription, invoice))
      throw new StripeError(402, {
        type: 'card_error',
        code: genericDecline.code,
        decline_code: genericDecline.decline_code ?? '',
        message: genericDecline.message,
      })
    return invoice
  },
  'POST /v1/invoices/{id}/void': ({ emulation, id, cause }) => {
    const invoice = openInvoice(emulation, id)
    invoice.status = 'void'
    invoice.next_payment_attempt = null
    invoice.status_transitions.voided_at = emulation.clock.now()
    emit(emulation, cause, 'invoice.voided', invoice)
    return invoice
  },
  'POST /v1/invoices/{id}/mark_uncollectible': ({ emulation, id }) => markUncollectible(emulation, openInvoice(emulation, id)),
  'GET /v1/invoices/{id}/lines': handler<Stripe.InvoiceListLineItemsParams>(({ emulation, params, id }) =>
    listPage(emulation.store.invoiceLines.get(find(emulation, id).id) ?? [], params, `/v1/invoices/${id}/lines`),
  ),
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
