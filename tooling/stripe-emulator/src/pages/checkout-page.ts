import { html } from 'hono/html'
import type { StoredSession } from '../core/stored-session.ts'
import type { LineItem } from '../core/wire.ts'
import { testCards } from '../customers/cards.ts'
import { type Html, layout, money } from './layout.ts'

export interface PageProblem {
  field: string
  message: string
}

/** What the visitor typed, shown again after a mistake. Card data is never sent back. */
export interface PageFields {
  email: string
  name: string
  country: string
  postal_code: string
  method: string
  promotion_code: string
  tax_id_type: string
  tax_id: string
  terms: string
}

export const emptyFields: PageFields = {
  email: '',
  name: '',
  country: 'US',
  postal_code: '',
  method: 'card',
  promotion_code: '',
  tax_id_type: 'eu_vat',
  tax_id: '',
  terms: '',
}

/** The kinds the page offers; the API takes all of Stripe's. */
export const taxIdTypes = ['eu_vat', 'gb_vat', 'ch_vat', 'us_ein', 'au_abn', 'ca_bn', 'in_gst', 'no_vat'] as const

const countries = [
  ...[
    ['AU', 'Australia'],
    ['AT', 'Austria'],
    ['BE', 'Belgium'],
    ['BR', 'Brazil'],
    ['CA', 'Canada'],
    ['FR', 'France'],
    ['DE', 'Germany'],
  ],
  ...[
    ['IN', 'India'],
    ['IE', 'Ireland'],
    ['IT', 'Italy'],
    ['JP', 'Japan'],
    ['NL', 'Netherlands'],
    ['ES', 'Spain'],
    ['CH', 'Switzerland'],
  ],
  ...[
    ['GB', 'United Kingdom'],
    ['US', 'United States'],
  ],
]

export function checkoutPage(
  { session, plan }: StoredSession,
  fields: PageFields,
  fixedEmail: string | null,
  problem: PageProblem | null,
): Html {
  const currency = session.currency ?? 'usd'
  const total = money(session.amount_total ?? 0, currency)
  const verb = session.mode === 'subscription' ? 'Subscribe' : 'Pay'
  return layout(
    `${verb} ${total}`,
    html`<section aria-labelledby="summary">
        <h1 id="summary">Order summary</h1>
        ${orderTable(plan.lineItems, session, currency)}
        ${trialNote(plan.params.subscription_data)}
        ${session.cancel_url === null ? '' : html`<p><a href="${session.cancel_url}" id="back">← Back</a></p>`}
      </section>
      <section aria-labelledby="pay">
        <h1 id="pay">${verb} ${total}</h1>
        ${problem === null ? '' : html`<p class="error" role="alert" id="problem">${problem.message}</p>`}
        <form method="post" autocomplete="on">
          ${payerFields(fields, fixedEmail, problem)}
          ${session.allow_promotion_codes === true ? text('promotion_code', 'Promotion code (optional)', fields.promotion_code, problem) : ''}
          ${session.tax_id_collection?.enabled === true ? taxIdFields(fields, problem) : ''}
          ${methodFields(fields, problem)}
          ${session.consent_collection?.terms_of_service === 'required' ? termsField(fields) : ''}
          <button type="submit">${verb} ${total}</button>
        </form>
        ${cardList()}
      </section>`,
  )
}

function orderTable(lines: readonly LineItem[], session: StoredSession['session'], currency: string): Html {
  const discount = session.total_details?.amount_discount ?? 0
  const tax = session.total_details?.amount_tax ?? 0
  const row = (label: string, amount: number) =>
    html`<tr><th scope="row" colspan="2">${label}</th><td class="n">${money(amount, currency)}</td></tr>`
  return html`<table>
    <thead><tr><th scope="col">Item</th><th scope="col" class="n">Quantity</th><th scope="col" class="n">Amount</th></tr></thead>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr><td>${line.description}${every(line)}</td><td class="n">${line.quantity}</td><td class="n">${money(line.amount_subtotal, currency)}</td></tr>`,
      )}
    </tbody>
    <tfoot>
      ${discount > 0 ? row('Discount', -discount) : ''} ${tax > 0 ? row('Tax', tax) : ''} ${row('Due today', session.amount_total ?? 0)}
    </tfoot>
  </table>`
}

function every(line: LineItem): string {
  const recurring = line.price?.recurring
  if (!recurring) return ''
  return recurring.interval_count === 1
    ? `, each ${recurring.interval}`
    : `, every ${recurring.interval_count} ${recurring.interval}s`
}

function trialNote(data: StoredSession['plan']['params']['subscription_data']): Html | string {
  const days = data?.trial_period_days
  return days === undefined ? '' : html`<p class="muted">${days} days free, then the amount above.</p>`
}

/** A labelled field, marked when it is the one with the problem. */
export function text(
  name: string,
  label: string,
  value: string,
  problem: PageProblem | null,
  attributes: Record<string, string> = {},
): Html {
  const invalid = problem?.field === name
  return html`<label for="${name}">${label}</label>
    <input id="${name}" name="${name}" type="${attributes.type ?? 'text'}" value="${value}" autocomplete="${attributes.autocomplete ?? 'off'}"
      ${attributes.inputmode ? html`inputmode="${attributes.inputmode}"` : ''} ${attributes.placeholder ? html`placeholder="${attributes.placeholder}"` : ''}
      ${attributes.required ? 'required' : ''} ${attributes.readonly ? 'readonly' : ''} aria-invalid="${invalid ? 'true' : 'false'}" ${invalid ? html`aria-describedby="problem"` : ''} />`
}

function payerFields(fields: PageFields, fixedEmail: string | null, problem: PageProblem | null): Html {
  const email = { type: 'email', autocomplete: 'email', required: 'yes', ...(fixedEmail === null ? {} : { readonly: 'yes' }) }
  return html`${text('email', 'Email', fixedEmail ?? fields.email, problem, email)}
    ${text('name', 'Name', fields.name, problem, { autocomplete: 'name', required: 'yes' })}
    <div class="row">
      <div>
        <label for="country">Country</label>
        <select id="country" name="country" autocomplete="country">
          ${countries.map(([code, name]) => html`<option value="${code}" ${code === fields.country ? 'selected' : ''}>${name}</option>`)}
        </select>
      </div>
      <div>${text('postal_code', 'Postal code', fields.postal_code, problem, { autocomplete: 'postal-code' })}</div>
    </div>`
}

function taxIdFields(fields: PageFields, problem: PageProblem | null): Html {
  const option = (type: string) => html`<option value="${type}" ${type === fields.tax_id_type ? 'selected' : ''}>${type}</option>`
  return html`<div class="row">
    <div>
      <label for="tax_id_type">Kind of tax id</label>
      <select id="tax_id_type" name="tax_id_type">${taxIdTypes.map(option)}</select>
    </div>
    <div>${text('tax_id', 'Tax id', fields.tax_id, problem)}</div>
  </div>`
}

function termsField(fields: PageFields): Html {
  return html`<label class="choice"><input type="checkbox" name="terms" value="accepted" ${fields.terms === 'accepted' ? 'checked' : ''} /> I accept the terms of service</label>`
}

/** The bank's question to the cardholder, in a step of its own. */
export function approvalPage({ session }: StoredSession): Html {
  const total = money(session.amount_total ?? 0, session.currency ?? 'usd')
  return layout(
    'Approve the payment',
    html`<section>
      <h1>Approve the payment</h1>
      <p>Your bank asks whether you want to pay ${total}.</p>
      <form method="post">
        <button name="approval" value="approve">Approve</button>
        <button name="approval" value="refuse">Refuse</button>
      </form>
    </section>`,
  )
}

function methodFields(fields: PageFields, problem: PageProblem | null): Html {
  const choice = (value: string, label: string) =>
    html`<label class="choice"><input type="radio" name="method" value="${value}" ${fields.method === value ? 'checked' : ''} /> ${label}</label>`
  return html`<fieldset>
    <legend>Payment method</legend>
    ${choice('card', 'Card')}
    ${text('card_number', 'Card number', '', problem, { inputmode: 'numeric', autocomplete: 'cc-number', placeholder: '4242 4242 4242 4242' })}
    <div class="row">
      <div>${text('expiry', 'Expiry (MM/YY)', '', problem, { inputmode: 'numeric', autocomplete: 'cc-exp', placeholder: '12/34' })}</div>
      <div>${text('cvc', 'CVC', '', problem, { inputmode: 'numeric', autocomplete: 'cc-csc', placeholder: '123' })}</div>
    </div>
    ${choice('bank_debit_succeeds', 'Bank debit: will succeed later')} ${choice('bank_debit_fails', 'Bank debit: will fail later')}
  </fieldset>`
}

export function cardList(): Html {
  return html`<h2>Test cards</h2>
    <table>
      <tbody>
        ${testCards.map((card) => html`<tr><td><code>${card.number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}</code></td><td>${card.outcome}</td></tr>`)}
      </tbody>
    </table>
    <p class="muted">Any future expiry date and any CVC.</p>`
}

/** A page with nothing to fill in: completed, expired, unknown. */
export function noticePage(title: string, message: string, link?: { href: string; label: string }): Html {
  return layout(
    title,
    html`<section>
      <h1>${title}</h1>
      <p>${message}</p>
      ${link === undefined ? '' : html`<p><a href="${link.href}">${link.label}</a></p>`}
    </section>`,
  )
}
