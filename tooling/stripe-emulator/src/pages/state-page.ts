import { html } from 'hono/html'
import type { Emulation } from '../core/emulation.ts'
import type { Charge } from '../core/wire.ts'
import { type Html, layout, money } from './layout.ts'

const RECENT = 25
const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')

/** What the emulator holds, and what a person can let happen to it. Every button is a form: the page runs no script. */
export function statePage(emulation: Emulation, problem: string | undefined): Html {
  return layout(
    'State of the emulator',
    html`${problem === undefined ? '' : html`<p class="error" role="alert">${problem}</p>`}
      ${timeSection(emulation)} ${subscriptionSection(emulation)} ${chargeSection(emulation)} ${invoiceSection(emulation)}
      ${eventSection(emulation)}`,
  )
}

function timeSection({ clock, store }: Emulation): Html {
  const own = html`<form method="post">
    <p>Now <b>${day(clock.now())}</b> UTC${clock.isFrozen() ? ', standing still' : ''}</p>
    <label for="days">Advance by days</label><input id="days" name="days" value="30" inputmode="numeric" />
    <button name="action" value="advance">Advance time</button>
  </form>`
  const clocks = store.testClocks.newestFirst().map(
    (one) => html`<form method="post">
      <h2>Test clock ${one.name ?? one.id}</h2>
      <p><b>${day(one.frozen_time)}</b> UTC, ${one.status}</p>
      <input type="hidden" name="id" value="${one.id}" />
      <label for="days-${one.id}">Advance by days</label><input id="days-${one.id}" name="days" value="30" inputmode="numeric" />
      <button name="action" value="advance_clock">Advance this clock</button>
    </form>`,
  )
  return html`<section><h1>Time</h1>${own}${clocks}</section>`
}

function subscriptionSection({ store }: Emulation): Html {
  const rows = store.subscriptions.newestFirst().map((one) => {
    const [item] = one.items.data
    const period = item === undefined ? '' : `${day(item.current_period_start)} to ${day(item.current_period_end)}`
    return html`<form method="post">
      <h2>${one.id}</h2>
      <p>${one.status}${one.cancel_at === null ? '' : `, ends ${day(one.cancel_at)}`}<br /><span class="muted">${period}, ${one.customer}</span></p>
      <input type="hidden" name="id" value="${one.id}" />
      ${
        one.ended_at !== null
          ? ''
          : html`<button name="action" value="renew">End the period now</button>
              <button name="action" value="bad_card">Card that fails</button>
              <button name="action" value="good_card">Card that works</button>`
      }
    </form>`
  })
  return html`<section><h1>Subscriptions</h1>${rows.length === 0 ? html`<p>None.</p>` : rows}</section>`
}

function chargeSection(emulation: Emulation): Html {
  const rows = emulation.store.charges
    .newestFirst()
    .slice(0, RECENT)
    .map((one) => chargeForm(emulation, one))
  return html`<section><h1>Payments</h1>${rows.length === 0 ? html`<p>None.</p>` : rows}</section>`
}

function chargeForm({ store }: Emulation, charge: Charge): Html {
  const open = store.disputes
    .newestFirst()
    .find((one) => one.charge === charge.id && !['won', 'lost', 'warning_closed'].includes(one.status))
  const refunded = charge.amount_refunded === 0 ? '' : `, ${money(charge.amount_refunded, charge.currency)} refunded`
  return html`<form method="post">
    <h2>${charge.id}</h2>
    <p>${money(charge.amount, charge.currency)}, ${charge.status}${refunded}${charge.disputed ? ', disputed' : ''}</p>
    <input type="hidden" name="id" value="${open?.id ?? charge.id}" />
    ${charge.paid && !charge.refunded && open === undefined ? html`<button name="action" value="refund">Refund the rest</button>` : ''}
    ${charge.paid && !charge.disputed ? html`<button name="action" value="dispute">Dispute</button>` : ''}
    ${
      open === undefined
        ? ''
        : html`<button name="action" value="won">Dispute won</button><button name="action" value="lost">Dispute lost</button>`
    }
  </form>`
}

function invoiceSection({ store }: Emulation): Html {
  const rows = store.invoices
    .newestFirst()
    .slice(0, RECENT)
    .map(
      (one) =>
        html`<tr><td>${one.number ?? one.id}</td><td>${one.status}</td><td class="n">${money(one.total, one.currency)}</td></tr>`,
    )
  return html`<section><h1>Invoices</h1><table><tbody>${rows}</tbody></table></section>`
}

function eventSection({ store, engine }: Emulation): Html {
  const tries = engine.deliveries()
  const rows = store.events
    .newestFirst()
    .slice(0, RECENT)
    .map((event) => {
      const answers = tries.filter((one) => one.eventId === event.id).map((one) => one.status ?? 'no answer')
      return html`<tr><td>${day(event.created)}</td><td>${event.type}</td><td>${answers.join(', ')}</td></tr>`
    })
  return html`<section><h1>Events</h1><table><thead><tr><th>made</th><th>type</th><th>answers</th></tr></thead><tbody>${rows}</tbody></table></section>`
}

/** Asks for the control token: the page changes things, and an address on this machine is open to everybody on it. */
export function tokenPage(wrong: boolean): Html {
  return layout(
    'State of the emulator',
    html`<section>
      <h1>State of the emulator</h1>
      ${wrong ? html`<p class="error" role="alert">That is not the control token.</p>` : ''}
      <form method="post">
        <label for="token">Control token, as printed at start</label><input id="token" name="token" type="password" autocomplete="off" />
        <button name="action" value="enter">Show</button>
      </form>
    </section>`,
  )
}
