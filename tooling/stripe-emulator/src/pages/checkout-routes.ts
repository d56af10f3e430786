import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { onItsClock } from '../billing/test-clock.ts'
import { fixedEmail } from '../checkout/complete-session.ts'
import { pay } from '../checkout/pay.ts'
import { applyTax } from '../checkout/session-totals.ts'
import { successUrl } from '../checkout/success-url.ts'
import type { Emulation } from '../core/emulation.ts'
import type { PayMethod, PaymentForm } from '../core/payment-form.ts'
import type { StoredSession } from '../core/stored-session.ts'
import { approvalCard } from '../customers/cards.ts'
import {
  approvalPage,
  checkoutPage,
  emptyFields,
  noticePage,
  type PageFields,
  type PageProblem,
  taxIdTypes,
} from './checkout-page.ts'
import { pageHeaders } from './layout.ts'

const methods: readonly string[] = ['card', 'bank_debit_succeeds', 'bank_debit_fails']

/** The hosted checkout page: `GET` shows it, `POST` pays. */
export function checkoutRoutes(emulation: Emulation): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(pageHeaders)) c.header(name, value)
  })
  app.get('/:id', (c) => {
    const stored = emulation.store.sessions.get(c.req.param('id'))
    if (stored === undefined) return c.html(noticePage('Not found', 'There is no such checkout session.'), 404)
    const closed = closedPage(c, stored)
    if (closed !== undefined) return closed
    if (stored.plan.approving !== null) return c.html(approvalPage(stored))
    // Stripe guesses where the visitor is, and shows the tax of that place.
    applyTax(emulation, stored)
    return c.html(checkoutPage(stored, emptyFields, fixedEmail(emulation, stored), null))
  })
  app.post('/:id', async (c) => {
    const stored = emulation.store.sessions.get(c.req.param('id'))
    if (stored === undefined) return c.html(noticePage('Not found', 'There is no such checkout session.'), 404)
    const form = await c.req.parseBody()
    const field = (name: string) => (typeof form[name] === 'string' ? form[name].trim() : '')
    const shown: PageFields = {
      email: field('email'),
      name: field('name'),
      country: field('country') || 'US',
      postal_code: field('postal_code'),
      method: methods.includes(field('method')) ? field('method') : 'card',
      promotion_code: field('promotion_code'),
      tax_id_type: field('tax_id_type') || emptyFields.tax_id_type,
      tax_id: field('tax_id'),
      terms: field('terms'),
    }
    const email = fixedEmail(emulation, stored)
    const again = (problem: PageProblem, status: 400 | 402) => c.html(checkoutPage(stored, shown, email, problem), status)
    const closed = closedPage(c, stored)
    if (closed !== undefined) return closed
    const { approving } = stored.plan
    stored.plan.approving = null
    const approval = approvalIn(field('approval'))
    const answered = approving !== null && approval !== null ? { ...approving, card: approvalCard, approval } : null
    const problem = answered === null ? missingField(shown, email) : null
    if (problem !== null) return again(problem, 400)
    const typed = answered ?? readForm(shown, field)
    const outcome = onItsClock(emulation, stored.session.id, () => pay(emulation, stored, typed))
    switch (outcome.kind) {
      case 'approval_required':
        stored.plan.approving = { ...typed, card: '' }
        return c.html(approvalPage(stored))
      case 'completed':
        return afterPayment(emulation, c, stored)
      case 'declined':
        return again({ field: 'card_number', message: outcome.message }, 402)
      case 'invalid':
        return again({ field: outcome.field === 'card' ? 'card_number' : outcome.field, message: outcome.message }, 400)
      default:
        return closedPage(c, stored) ?? c.html(noticePage('Closed', 'This checkout is closed.'))
    }
  })
  return app
}

function closedPage(c: Context, { session, plan }: StoredSession): Response | Promise<Response> | undefined {
  const cancel = plan.params.cancel_url
  const link = cancel === undefined ? undefined : { href: cancel, label: 'Back' }
  if (session.status === 'complete')
    return c.html(noticePage('Already completed', 'This checkout was already completed. You were not charged again.', link))
  if (session.status === 'expired')
    return c.html(noticePage('Expired', 'This checkout has expired. Nothing was charged.', link), 410)
  return undefined
}

function missingField(fields: PageFields, fixed: string | null): PageProblem | null {
  if (fixed === null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(fields.email))
    return { field: 'email', message: 'Enter a valid email address.' }
  if (fields.name === '') return { field: 'name', message: 'Enter your name.' }
  return null
}

function readForm(fields: PageFields, field: (name: string) => string): PaymentForm {
  return {
    method: fields.method as PayMethod, // one of `methods`, checked above
    card: field('card_number'),
    ...expiryIn(field('expiry')),
    cvc: field('cvc'),
    payer: { email: fields.email, name: fields.name, country: fields.country, postalCode: fields.postal_code },
    promotionCode: fields.promotion_code,
    taxId: taxIdIn(fields),
    acceptsTerms: fields.terms === 'accepted',
    approval: null,
  }
}

/** `12/34` or `12/2034`; `NaN` for what is neither. */
export function expiryIn(text: string): Pick<PaymentForm, 'expiryMonth' | 'expiryYear'> {
  const [month = '', year = ''] = text.split(/\s*\/\s*/)
  return {
    expiryMonth: Number(month || Number.NaN),
    expiryYear: Number(year || Number.NaN) + (year.length === 2 ? 2000 : 0),
  }
}

function approvalIn(text: string): PaymentForm['approval'] {
  return text === 'approve' || text === 'refuse' ? text : null
}

function taxIdIn({ tax_id: value, tax_id_type: chosen }: PageFields): PaymentForm['taxId'] {
  const type = taxIdTypes.find((known) => known === chosen) ?? 'eu_vat'
  return value === '' ? null : { type, value }
}

/** By default the browser moves on only after each webhook was tried once, as Stripe does (with a limit). */
async function afterPayment(emulation: Emulation, c: Context, { session }: StoredSession): Promise<Response> {
  const { redirect, redirectWaitMs } = emulation.settings.current.checkout
  if (redirect === 'never')
    return c.html(
      noticePage('Payment received', 'The emulator plays a customer who closed the tab: nobody is sent to the success page.'),
    )
  if (redirect === 'after_webhooks') {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, redirectWaitMs)
    })
    await Promise.race([emulation.engine.flushed(), limit])
    clearTimeout(timer)
  }
  return c.redirect(successUrl(session.success_url ?? '', session.id), 303)
}
