import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Emulation } from '../core/emulation.ts'
import { noticePage } from './checkout-page.ts'
import { invoicePdf } from './invoice-pdf.ts'
import { layout, money, pageHeaders } from './layout.ts'

/** What `hosted_invoice_url` and `receipt_url` point to. */
export function documentRoutes(emulation: Emulation): Hono {
  const app = new Hono()
  app.get('/i/:id', (c) => {
    const invoice = emulation.store.invoices.get(c.req.param('id'))
    if (invoice === undefined) return c.html(noticePage('Not found', 'There is no such invoice.'), 404)
    const lines = emulation.store.invoiceLines.get(invoice.id) ?? []
    const page = html`<section>
      <h1>Invoice ${invoice.number}</h1>
      <p>${invoice.customer_name} ${invoice.customer_email}, ${invoice.status}</p>
      <table>
        <tbody>${lines.map((line) => html`<tr><td>${line.description}</td><td class="n">${money(line.amount, line.currency)}</td></tr>`)}</tbody>
        <tfoot><tr><th scope="row">Total</th><td class="n">${money(invoice.total, invoice.currency)}</td></tr></tfoot>
      </table>
    </section>`
    return c.html(layout(`Invoice ${invoice.number}`, page), 200, pageHeaders)
  })
  app.get('/i/:id/pdf', (c) => {
    const invoice = emulation.store.invoices.get(c.req.param('id'))
    if (invoice === undefined) return c.html(noticePage('Not found', 'There is no such invoice.'), 404)
    const pdf = invoicePdf(invoice, emulation.store.invoiceLines.get(invoice.id) ?? [])
    return c.body(new Uint8Array(pdf), 200, { 'content-type': 'application/pdf' })
  })
  app.get('/receipts/:id', (c) => {
    const charge = emulation.store.charges.get(c.req.param('id'))
    if (charge === undefined) return c.html(noticePage('Not found', 'There is no such receipt.'), 404)
    return c.html(noticePage('Receipt', `${money(charge.amount, charge.currency)}, ${charge.status}.`), 200, pageHeaders)
  })
  return app
}
