import { html } from 'hono/html'
import { type UpdateOffer, updateOffer } from '../billing/portal-offer.ts'
import type { Emulation } from '../core/emulation.ts'
import type { Customer, Price, Subscription } from '../core/wire.ts'
import { cardList, type PageProblem, text } from './checkout-page.ts'
import { type Html, layout, money } from './layout.ts'
import { addressFields, type PortalView, subscriptionOf } from './portal-actions.ts'

type Fragment = Html | string

/** The portal: all that the configuration allows, or the one step of the session's flow. */
export function portalPage(emulation: Emulation, view: PortalView, problem: PageProblem | null): Html {
  const { configuration, customer, flow, returnUrl } = view
  const { headline } = configuration.business_profile
  const notice = problem === null ? '' : html`<p class="error" role="alert" id="problem">${problem.message}</p>`
  const back = returnUrl === null ? '' : html`<p><a href="${returnUrl}" id="back">← Back</a></p>`
  if (flow !== null)
    return layout('Billing', html`<section>${notice} ${stepBlock(emulation, view, problem)} ${legal(view)} ${back}</section>`)
  const { features } = configuration
  const subscriptions = emulation.store.subscriptions.newestFirst().filter((entry) => entry.customer === customer.id)
  return layout(
    'Billing',
    html`<section>
        ${headline === null ? '' : html`<p>${headline}</p>`}
        <h1>Subscriptions</h1>
        ${notice}
        ${subscriptions.length === 0 ? html`<p>None.</p>` : subscriptions.map((entry) => subscriptionBlock(emulation, view, entry))}
        ${legal(view)} ${back}
      </section>
      ${features.payment_method_update.enabled ? html`<section>${cardForm(emulation, view, problem)}</section>` : ''}
      ${features.customer_update.enabled ? html`<section>${detailsForm(view, problem)}</section>` : ''}
      ${features.invoice_history.enabled ? html`<section>${invoiceTable(emulation, customer)}</section>` : ''}`,
  )
}

function legal({ configuration }: PortalView): Fragment {
  const { privacy_policy_url: privacy, terms_of_service_url: terms } = configuration.business_profile
  if (privacy === null && terms === null) return ''
  return html`<p class="muted">
    ${terms === null ? '' : html`<a href="${terms}">Terms of service</a>`} ${privacy === null ? '' : html`<a href="${privacy}">Privacy policy</a>`}
  </p>`
}

function stepBlock(emulation: Emulation, view: PortalView, problem: PageProblem | null): Fragment {
  const subscription = emulation.store.subscriptions.get(subscriptionOf(view.flow) ?? '')
  if (subscription === undefined) return cardForm(emulation, view, problem)
  const head = heading(emulation, subscription)
  const offer = updateOffer(emulation, view.configuration, subscription)
  switch (view.flow?.type) {
    case 'subscription_cancel':
      return html`${head} ${cancelForm(view, subscription)}`
    case 'subscription_update':
      return html`${head} ${offer === null ? '' : updateForm(emulation, subscription, offer)}`
    default:
      return html`${head} ${confirmForm(emulation, view, subscription)}`
  }
}

function subscriptionBlock(emulation: Emulation, view: PortalView, subscription: Subscription): Html {
  const head = heading(emulation, subscription)
  if (subscription.ended_at !== null) return head
  const offer = updateOffer(emulation, view.configuration, subscription)
  const { enabled: cancelable, mode } = view.configuration.features.subscription_cancel
  const ending = subscription.cancel_at !== null
  return html`${head}
    ${offer === null ? '' : updateForm(emulation, subscription, offer)}
    ${cancelable && (!ending || mode === 'immediately') ? cancelForm(view, subscription) : ''}
    ${
      cancelable && ending
        ? html`<form method="post">
            <input type="hidden" name="subscription" value="${subscription.id}" />
            <button name="action" value="undo">Keep the subscription</button>
          </form>`
        : ''
    }`
}

function heading(emulation: Emulation, subscription: Subscription): Html {
  const names = subscription.items.data.map(({ price, quantity }) => `${priceText(emulation, price)} × ${quantity ?? 1}`)
  const ends = subscription.cancel_at === null ? null : new Date(subscription.cancel_at * 1000).toISOString().slice(0, 10)
  return html`<h2>${names.join(', ')}</h2>
    <p>${subscription.status}${ends === null || subscription.ended_at !== null ? '' : `, ends on ${ends}`}</p>`
}

function priceText({ store }: Emulation, price: Price): string {
  const name = store.products.get(price.product)?.name ?? price.id
  const { interval = '', interval_count: count = 1 } = price.recurring ?? {}
  const every = count === 1 ? `each ${interval}` : `every ${count} ${interval}s`
  return price.unit_amount === null ? `${name}, ${every}` : `${name}, ${money(price.unit_amount, price.currency)} ${every}`
}

function updateForm(emulation: Emulation, { id }: Subscription, { item, prices, quantityOf }: UpdateOffer): Html {
  const quantity = prices.some((price) => quantityOf(price.product) !== null)
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${id}" />
    ${
      prices.length === 1
        ? ''
        : html`<label for="price_${id}">Plan</label>
            <select id="price_${id}" name="price">
              ${prices.map((price) => html`<option value="${price.id}" ${price.id === item.price.id ? 'selected' : ''}>${priceText(emulation, price)}</option>`)}
            </select>`
    }
    ${
      quantity
        ? html`<label for="quantity_${id}">Quantity</label>
            <input id="quantity_${id}" name="quantity" type="number" min="1" value="${item.quantity ?? 1}" required />`
        : ''
    }
    <button name="action" value="update">Update the subscription</button>
  </form>`
}

function confirmForm(emulation: Emulation, { flow }: PortalView, subscription: Subscription): Fragment {
  const [item] = flow?.subscription_update_confirm?.items ?? []
  const price = emulation.store.prices.get(item?.price ?? '')
  if (price === undefined) return ''
  return html`<p>New plan: ${priceText(emulation, price)} × ${item?.quantity ?? 1}</p>
    <form method="post">
      <input type="hidden" name="subscription" value="${subscription.id}" />
      <button name="action" value="confirm">Confirm the change</button>
    </form>`
}

function cancelForm({ configuration }: PortalView, { id }: Subscription): Html {
  const { cancellation_reason: reason, mode } = configuration.features.subscription_cancel
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${id}" />
    ${
      reason.enabled
        ? html`<label for="feedback_${id}">Why do you cancel? (optional)</label>
            <select id="feedback_${id}" name="feedback">
              <option value="">No answer</option>
              ${reason.options.map((option) => html`<option value="${option}">${option.replaceAll('_', ' ')}</option>`)}
            </select>
            <label for="comment_${id}">Anything else? (optional)</label>
            <input id="comment_${id}" name="comment" type="text" autocomplete="off" />`
        : ''
    }
    <button name="action" value="cancel">${mode === 'immediately' ? 'Cancel now' : 'Cancel at the end of the period'}</button>
  </form>`
}

function cardForm({ store }: Emulation, { customer }: PortalView, problem: PageProblem | null): Html {
  const present = store.paymentMethods.get(customer.invoice_settings.default_payment_method ?? '')?.object.card
  return html`<h1>Card</h1>
    ${present === undefined ? '' : html`<p>Now: ${present.brand} ending in ${present.last4}, valid until ${present.exp_month}/${present.exp_year}</p>`}
    <form method="post" autocomplete="on">
      ${text('card_number', 'Card number', '', problem, { inputmode: 'numeric', autocomplete: 'cc-number', placeholder: '4242 4242 4242 4242', required: 'yes' })}
      <div class="row">
        <div>${text('expiry', 'Expiry (MM/YY)', '', problem, { inputmode: 'numeric', autocomplete: 'cc-exp', placeholder: '12/34', required: 'yes' })}</div>
        <div>${text('cvc', 'CVC', '', problem, { inputmode: 'numeric', autocomplete: 'cc-csc', placeholder: '123', required: 'yes' })}</div>
      </div>
      <button name="action" value="card">Change the card</button>
    </form>
    ${cardList()}`
}

const addressLabels = {
  line1: 'Address',
  line2: 'Address, second line',
  postal_code: 'Postal code',
  city: 'City',
  state: 'State',
  country: 'Country (two letters)',
}

function detailsForm({ configuration, customer }: PortalView, problem: PageProblem | null): Html {
  const allowed = configuration.features.customer_update.allowed_updates
  const field = (name: 'email' | 'name' | 'phone', label: string, attributes: Record<string, string>) =>
    allowed.includes(name) ? text(name, label, customer[name] ?? '', problem, attributes) : ''
  return html`<h1>Your details</h1>
    <form method="post" autocomplete="on">
      ${field('email', 'Email', { type: 'email', autocomplete: 'email', required: 'yes' })}
      ${field('name', 'Name', { autocomplete: 'name' })} ${field('phone', 'Phone', { type: 'tel', autocomplete: 'tel' })}
      ${allowed.includes('address') ? addressFields.map((name) => text(name, addressLabels[name], customer.address?.[name] ?? '', problem)) : ''}
      <button name="action" value="details">Save</button>
    </form>`
}

function invoiceTable({ store }: Emulation, { id }: Customer): Html {
  const invoices = store.invoices.newestFirst().filter((entry) => entry.customer === id && entry.status !== 'draft')
  return html`<h1>Invoices</h1>
    <table>
      <thead><tr><th scope="col">Number</th><th scope="col">Status</th><th scope="col" class="n">Total</th></tr></thead>
      <tbody>
        ${invoices.map((entry) => html`<tr><td><a href="/i/${entry.id}">${entry.number}</a></td><td>${entry.status}</td><td class="n">${money(entry.total, entry.currency)}</td></tr>`)}
      </tbody>
    </table>`
}
