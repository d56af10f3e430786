import { timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { closeDispute, openDispute } from '../billing/dispute.ts'
import { approveInvoice } from '../billing/dunning.ts'
import { completeRefund, failRefund, refundCharge } from '../billing/refund.ts'
import { renewSubscription } from '../billing/renew-subscription.ts'
import { replaceCard } from '../billing/replace-card.ts'
import { advanceOwnTime, onItsClock } from '../billing/test-clock.ts'
import { expireSession } from '../checkout/expire-session.ts'
import { pay } from '../checkout/pay.ts'
import { settleDebit } from '../checkout/settle-debit.ts'
import { successUrl } from '../checkout/success-url.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import type { Fault } from '../core/faults.ts'
import { patchSettings, type SettingsPatch } from '../core/patch-settings.ts'
import type { PaymentForm } from '../core/payment-form.ts'
import { StripeError } from '../core/stripe-error.ts'
import { renderEvent } from '../webhooks/render-event.ts'
import type { CheckoutInput, CheckoutResult, ClockChange } from './control-api.ts'
import { describeState, resetEmulation } from './emulator-state.ts'
import { restoreSnapshot, type Snapshot, takeSnapshot } from './snapshot.ts'

/** The control API, under `/_emulator/`. Its token is not an API key: the program under test cannot reach it by accident. */
export function controlRoutes(emulation: Emulation): Hono {
  const app = new Hono()
  const snapshots = new Map<string, Snapshot>()
  app.use(async (c, next) => {
    const given = Buffer.from(c.req.header('authorization')?.replace(/^Bearer /, '') ?? '')
    const wanted = Buffer.from(emulation.controlToken)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return c.json({ error: 'wrong control token' }, 401)
    return next()
  })
  app.onError((error, c) => c.json({ error: error.message }, error instanceof StripeError && error.status === 404 ? 404 : 400))

  app.get('/state', (c) => c.json(describeState(emulation)))
  app.post('/reset', async (c) => {
    resetEmulation(emulation, await readJson<{ keepEndpoints?: boolean }>(c))
    return c.json({})
  })
  app.post('/snapshots/:name', (c) => {
    snapshots.set(c.req.param('name'), takeSnapshot(emulation))
    return c.json([...snapshots.keys()])
  })
  app.post('/snapshots/:name/restore', (c) => {
    const snapshot = snapshots.get(c.req.param('name'))
    if (snapshot === undefined) return c.json({ error: 'no such snapshot' }, 404)
    restoreSnapshot(emulation, snapshot)
    return c.json([...snapshots.keys()])
  })
  app.get('/settings', (c) => c.json(emulation.settings.current))
  app.post('/settings', async (c) => {
    emulation.settings.current = patchSettings(emulation.settings.current, await readJson<SettingsPatch>(c))
    return c.json(emulation.settings.current)
  })
  addDeliveryCalls(app, emulation)
  addCheckoutCalls(app, emulation)
  addMoneyCalls(app, emulation)
  app.post('/subscriptions/:id/renew', (c) => {
    const subscription = emulation.store.subscriptions.get(c.req.param('id'))
    if (subscription === undefined) return c.json({ error: 'no such subscription' }, 404)
    return c.json({ invoice: onItsClock(emulation, subscription.id, () => renewSubscription(emulation, subscription)) })
  })
  app.get('/faults', (c) => c.json(emulation.faults.remaining()))
  app.post('/faults', async (c) => {
    emulation.faults.add(await readJson<Fault>(c))
    return c.json(emulation.faults.remaining())
  })
  app.delete('/faults', (c) => {
    emulation.faults.clear()
    return c.json([])
  })
  app.get('/clock', (c) => c.json(clockState(emulation)))
  app.post('/clock', async (c) => {
    changeClock(emulation, await readJson<ClockChange>(c))
    return c.json(clockState(emulation))
  })
  app.post('/advance', async (c) => {
    const { seconds = 0 } = await readJson<{ seconds?: number }>(c)
    advanceOwnTime(emulation, seconds)
    return c.json(clockState(emulation))
  })
  app.post('/customers/:id/card', async (c) => {
    const { card = '' } = await readJson<{ card?: string }>(c)
    return c.json(onItsClock(emulation, c.req.param('id'), () => replaceCard(emulation, c.req.param('id'), card)))
  })
  app.get('/traffic', (c) => c.json(emulation.traffic.recent()))
  return app
}

function addDeliveryCalls(app: Hono, emulation: Emulation): void {
  app.get('/deliveries', (c) => c.json(emulation.engine.deliveries()))
  app.get('/events', (c) => {
    const version = c.req.query('api_version') ?? null
    const events = emulation.store.events.newestFirst().reverse()
    return c.json(events.map((event) => renderEvent(emulation.store, event, version)))
  })
  app.get('/held', (c) => c.json(emulation.engine.held().map(({ id, type }) => ({ id, type }))))
  app.post('/redeliver', async (c) => {
    const { event: id, copies = 1 } = await readJson<{ event: string; copies?: number }>(c)
    if (!Number.isInteger(copies) || copies < 1 || copies > 100) return c.json({ error: 'copies: 1 to 100' }, 400)
    const event = emulation.store.events.get(id)
    if (event === undefined) return c.json({ error: 'no such event' }, 404)
    return c.json(await emulation.engine.redeliver(event, copies))
  })
  app.post('/release', async (c) => {
    const { match = '*' } = await readJson<{ match?: string }>(c)
    return c.json({ released: emulation.engine.release(match) })
  })
  app.get('/wait', async (c) => {
    const idle = await emulation.engine.idle(Number(c.req.query('timeout_ms') ?? 30_000), c.req.query('ignore_retries') === '1')
    return c.json({ idle })
  })
}

function addCheckoutCalls(app: Hono, emulation: Emulation): void {
  app.post('/checkout/:id/:action', async (c) => {
    const stored = emulation.store.sessions.get(c.req.param('id'))
    if (stored === undefined) return c.json({ error: 'no such checkout session' }, 404)
    const { session } = stored
    const input = await readJson<CheckoutInput & { outcome?: 'succeeded' | 'failed' }>(c)
    switch (c.req.param('action')) {
      case 'complete':
      case 'fail': {
        const card = c.req.param('action') === 'fail' ? (input.card ?? '4000000000000002') : input.card
        const form = formFrom({ ...input, ...(card === undefined ? {} : { card }) })
        const outcome = onItsClock(emulation, session.id, () => pay(emulation, stored, form))
        const result: CheckoutResult = {
          outcome: outcome.kind,
          message: 'message' in outcome ? outcome.message : null,
          redirectUrl: outcome.kind === 'completed' ? successUrl(session.success_url ?? '', session.id) : null,
          session,
        }
        return c.json(result)
      }
      case 'expire':
        return c.json(expireSession(emulation, stored))
      case 'async':
        settleDebit(emulation, stored, input.outcome !== 'failed')
        return c.json(session)
      default:
        return c.json({ error: 'unknown action: complete, fail, expire, async' }, 404)
    }
  })
}

/** What customers and their banks do to money that was paid. */
function addMoneyCalls(app: Hono, emulation: Emulation): void {
  const { store } = emulation
  const chargeOf = (id: string) => store.charges.get(store.paymentIntents.get(id)?.latest_charge ?? id)
  app.post('/charges/:id/refund', async (c) => {
    const charge = chargeOf(c.req.param('id'))
    if (charge === undefined) return c.json({ error: 'no such charge' }, 404)
    const order = await readJson<{ amount?: number }>(c)
    return c.json(onItsClock(emulation, charge.id, () => refundCharge(emulation, byItself, charge, order)))
  })
  app.post('/refunds/:id/complete', (c) => {
    const refund = store.refunds.get(c.req.param('id'))
    if (refund === undefined) return c.json({ error: 'no such refund' }, 404)
    return c.json(onItsClock(emulation, refund.id, () => completeRefund(emulation, refund)))
  })
  app.post('/invoices/:id/approve', (c) => {
    const invoice = store.invoices.get(c.req.param('id'))
    const subscription = store.subscriptions.get(String(invoice?.parent?.subscription_details?.subscription ?? ''))
    if (invoice === undefined || subscription === undefined) return c.json({ error: 'no such invoice of a subscription' }, 404)
    onItsClock(emulation, invoice.id, () => approveInvoice(emulation, subscription, invoice))
    return c.json(invoice)
  })
  app.post('/refunds/:id/fail', (c) => {
    const refund = store.refunds.get(c.req.param('id'))
    if (refund === undefined) return c.json({ error: 'no such refund' }, 404)
    return c.json(onItsClock(emulation, refund.id, () => failRefund(emulation, refund)))
  })
  app.post('/charges/:id/dispute', async (c) => {
    const charge = chargeOf(c.req.param('id'))
    if (charge === undefined) return c.json({ error: 'no such charge' }, 404)
    const options = await readJson<{ inquiry?: boolean }>(c)
    return c.json(onItsClock(emulation, charge.id, () => openDispute(emulation, charge, options)))
  })
  app.post('/disputes/:id/close', async (c) => {
    const dispute = store.disputes.get(c.req.param('id'))
    if (dispute === undefined) return c.json({ error: 'no such dispute' }, 404)
    const { outcome = 'lost' } = await readJson<{ outcome?: 'won' | 'lost' }>(c)
    return c.json(onItsClock(emulation, dispute.id, () => closeDispute(emulation, dispute, outcome)))
  })
}

/** The page's form with everything a test does not care about filled in. */
function formFrom(input: CheckoutInput): PaymentForm {
  return {
    method: input.method ?? 'card',
    card: input.card ?? '4242424242424242',
    expiryMonth: input.expiryMonth ?? 12,
    expiryYear: input.expiryYear ?? new Date().getUTCFullYear() + 5,
    cvc: input.cvc ?? '123',
    payer: {
      email: input.email ?? 'buyer@example.com',
      name: input.name ?? 'Test Buyer',
      country: input.country ?? 'US',
      postalCode: input.postalCode ?? '94107',
    },
    promotionCode: input.promotionCode ?? '',
    taxId: input.taxId ?? null,
    acceptsTerms: input.acceptsTerms ?? true,
    approval: input.approval ?? 'approve',
  }
}

function changeClock({ clock }: Emulation, change: ClockChange): void {
  if ('freezeAt' in change) clock.freeze(change.freezeAt === null ? undefined : change.freezeAt * 1000)
  else if ('advanceSeconds' in change) clock.advance(change.advanceSeconds * 1000)
  else clock.thaw()
}

function clockState({ clock }: Emulation) {
  return { now: clock.now(), frozen: clock.isFrozen() }
}

/** An empty body stands for no options. The control API is for trusted test code: its shapes are the compiler's business. */
async function readJson<T>(c: Context): Promise<T> {
  const text = await c.req.text()
  return JSON.parse(text === '' ? '{}' : text)
}
