import type Stripe from 'stripe'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Invoice } from '../core/wire.ts'

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
  'GET /v1/invoices/{id}/lines': handler<Stripe.InvoiceListLineItemsParams>(({ emulation, params, id }) =>
    listPage(emulation.store.invoiceLines.get(find(emulation, id).id) ?? [], params, `/v1/invoices/${id}/lines`),
  ),
}

function find(emulation: Emulation, id: string): Invoice {
  const invoice = emulation.store.invoices.get(id)
  if (invoice === undefined) throw noSuch('invoice', id)
  return invoice
}
