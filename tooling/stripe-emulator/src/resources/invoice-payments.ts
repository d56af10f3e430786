import type Stripe from 'stripe'
import { handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { noSuch } from '../core/stripe-error.ts'

export const invoicePaymentRoutes: RouteTable = {
  'GET /v1/invoice_payments': handler<Stripe.InvoicePaymentListParams>(({ emulation, params }) => {
    const { payment } = params
    const items = emulation.store.invoicePayments
      .newestFirst()
      .filter((entry) => params.invoice === undefined || entry.invoice === params.invoice)
      .filter((entry) => params.status === undefined || entry.status === params.status)
      .filter((entry) => payment === undefined || entry.payment.type === payment.type)
      .filter((entry) => payment?.payment_intent === undefined || entry.payment.payment_intent === payment.payment_intent)
      .filter((entry) => inRange(entry.created, params.created))
    return listPage(items, params, '/v1/invoice_payments')
  }),
  'GET /v1/invoice_payments/{id}': ({ emulation, id }) => {
    const payment = emulation.store.invoicePayments.get(id)
    if (payment === undefined) throw noSuch('invoice_payment', id)
    return payment
  },
}
