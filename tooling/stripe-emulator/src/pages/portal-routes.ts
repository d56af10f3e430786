import { Hono } from 'hono'
import { html } from 'hono/html'
import { changedFields } from '../core/changed-fields.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { noticePage } from './checkout-page.ts'
import { type Html, layout, money, pageHeaders } from './layout.ts'

const validS = 5 * 60

/** The customer portal, small: invoices, cancel at the period's end (flexible mode: `cancel_at`), undo. */
export function portalRoutes(emulation: Emulation): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(pageHeaders)) c.header(name, value)
  })
  app.get('/session/:id', (c) => {
    const session = findSession(emulation, c.req.param('id'))
    if (session === undefined) return c.html(noticePage('Link expired', 'Ask for a new link to the customer portal.'), 404)
    return c.html(portalPage(emulation, session.customer, session.return_url))
  })
  app.post('/session/:id', async (c) => {
    const session = findSession(emulation, c.req.param('id'))
    if (session === undefined) return c.html(noticePage('Link expired', 'Ask for a new link to the customer portal.'), 404)
    const form = await c.req.parseBody()
    const subscription = emulation.store.subscriptions.get(String(form.subscription))
    if (subscription === undefined || subscription.customer !== session.customer || subscription.ended_at !== null) {
      return c.html(noticePage('Not found', 'There is no such subscription.'), 404)
    }
    changeCancellation(emulation, subscription, form.action === 'cancel')
    return c.redirect(c.req.path, 303)
  })
  return app
}

function findSession(emulation: Emulation, id: string) {
  const session = emulation.store.portalSessions.get(id)
  return session !== undefined && emulation.clock.now() - session.created <= validS ? session : undefined
}

function changeCancellation(emulation: Emulation, subscription: Subscription, cancel: boolean): void {
  const before = structuredClone(subscription)
  subscription.cancel_at = cancel ? Math.max(...subscription.items.data.map((item) => item.current_period_end)) : null
  subscription.cancel_at_period_end = false
  subscription.canceled_at = cancel ? emulation.clock.now() : null
  subscription.cancellation_details = {
    comment: null,
    feedback: null,
    feedback_option: null,
    reason: cancel ? 'cancellation_requested' : null,
  }
  emit(emulation, byItself, 'customer.subscription.updated', subscription, changedFields(before, subscription))
}

function portalPage(emulation: Emulation, customer: string, returnUrl: string | null): Html {
  const subscriptions = emulation.store.subscriptions.newestFirst().filter((entry) => entry.customer === customer)
  const invoices = emulation.store.invoices.newestFirst().filter((entry) => entry.customer === customer)
  return layout(
    'Billing',
    html`<section>
        <h1>Subscriptions</h1>
        ${subscriptions.length === 0 ? html`<p>None.</p>` : subscriptions.map((entry) => subscriptionBlock(emulation, entry))}
        ${returnUrl === null ? '' : html`<p><a href="${returnUrl}">← Back</a></p>`}
      </section>
      <section>
        <h1>Invoices</h1>
        <table><tbody>
          ${invoices.map((entry) => html`<tr><td><a href="/i/${entry.id}">${entry.number}</a></td><td>${entry.status}</td><td class="n">${money(entry.total, entry.currency)}</td></tr>`)}
        </tbody></table>
      </section>`,
  )
}

function subscriptionBlock(emulation: Emulation, subscription: Subscription): Html {
  const names = subscription.items.data
    .map((item) => emulation.store.products.get(item.price.product)?.name ?? item.price.id)
    .join(', ')
  const ends = subscription.cancel_at === null ? null : new Date(subscription.cancel_at * 1000).toISOString().slice(0, 10)
  return html`<form method="post">
    <h2>${names}</h2>
    <p>${subscription.status}${ends === null ? '' : `, ends on ${ends}`}</p>
    <input type="hidden" name="subscription" value="${subscription.id}" />
    ${
      subscription.ended_at !== null
        ? ''
        : ends === null
          ? html`<button name="action" value="cancel">Cancel at the end of the period</button>`
          : html`<button name="action" value="undo">Keep the subscription</button>`
    }
  </form>`
}
