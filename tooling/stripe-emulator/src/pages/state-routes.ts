import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { closeDispute, openDispute } from '../billing/dispute.ts'
import { refundCharge } from '../billing/refund.ts'
import { renewSubscription } from '../billing/renew-subscription.ts'
import { replaceCard } from '../billing/replace-card.ts'
import { advanceOwnTime, advanceTestClock, onItsClock } from '../billing/test-clock.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import { pageHeaders } from './layout.ts'
import { statePage, tokenPage } from './state-page.ts'

const COOKIE = 'emulator_control'
const dayS = 24 * 60 * 60

/** A page for people, under `/_emulator/page`: the state, and buttons for what tests do by control calls. Entered with the control token. */
export function stateRoutes(emulation: Emulation): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(pageHeaders)) c.header(name, value)
  })
  app.get('/', (c) =>
    knows(emulation, getCookie(c, COOKIE)) ? c.html(statePage(emulation, undefined)) : c.html(tokenPage(false), 401),
  )
  app.post('/', async (c) => {
    const form = new Map(Object.entries(await c.req.parseBody()).map(([name, value]) => [name, String(value)]))
    if (form.get('action') === 'enter') {
      const token = form.get('token')?.trim()
      if (!knows(emulation, token)) return c.html(tokenPage(true), 401)
      setCookie(c, COOKIE, token ?? '', { httpOnly: true, sameSite: 'Strict', path: '/_emulator/page' })
      return c.redirect(c.req.path, 303)
    }
    if (!knows(emulation, getCookie(c, COOKIE))) return c.html(tokenPage(false), 401)
    try {
      act(emulation, form.get('action') ?? '', form.get('id') ?? '', Number(form.get('days') ?? 0))
    } catch (error) {
      return c.html(statePage(emulation, error instanceof Error ? error.message : String(error)), 400)
    }
    return c.redirect(c.req.path, 303)
  })
  return app
}

function knows({ controlToken }: Emulation, given: string | undefined): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(controlToken)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function act(emulation: Emulation, action: string, id: string, days: number): void {
  const { store } = emulation
  const subscription = store.subscriptions.get(id)
  const charge = store.charges.get(id)
  const dispute = store.disputes.get(id)
  const clock = store.testClocks.get(id)
  if (action.startsWith('advance') && !(days > 0 && days <= 3660)) throw new Error('days: a number from 1 to 3660')
  onItsClock(emulation, id, () => {
    if (action === 'advance') advanceOwnTime(emulation, Math.round(days * dayS))
    else if (action === 'advance_clock' && clock !== undefined)
      advanceTestClock(emulation, clock, clock.frozen_time + Math.round(days * dayS))
    else if (action === 'renew' && subscription !== undefined) renewSubscription(emulation, subscription)
    else if (action === 'bad_card') replaceCard(emulation, id, '4000000000000341')
    else if (action === 'good_card') replaceCard(emulation, id, '4242424242424242')
    else if (action === 'refund' && charge !== undefined) refundCharge(emulation, byItself, charge, {})
    else if (action === 'dispute' && charge !== undefined) openDispute(emulation, charge)
    else if ((action === 'won' || action === 'lost') && dispute !== undefined) closeDispute(emulation, dispute, action)
    else throw new Error('that is not there any more')
  })
}
