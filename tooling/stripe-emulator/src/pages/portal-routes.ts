import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { onItsClock } from '../billing/test-clock.ts'
import type { Emulation } from '../core/emulation.ts'
import type { PortalVisit } from '../core/store.ts'
import type { PortalSession } from '../core/wire.ts'
import { noticePage } from './checkout-page.ts'
import { pageHeaders } from './layout.ts'
import { type PortalView, performPortalAction } from './portal-actions.ts'
import { portalPage } from './portal-page.ts'

const COOKIE = 'portal_browser'
/** How long a portal that is not used stays open. */
const idleS = 60 * 60

interface OpenPortal {
  visit: PortalVisit
  session: PortalSession
  view: PortalView
}

/** The customer portal: what the session's configuration allows, or the one step its flow leads to. */
export function portalRoutes(emulation: Emulation): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(pageHeaders)) c.header(name, value)
  })
  app.get('/session/:id', (c) => {
    const open = enter(emulation, c, c.req.param('id'))
    if (open === undefined) return expired(c)
    return stepDone(c, open) ?? c.html(portalPage(emulation, open.view, null))
  })
  app.post('/session/:id', async (c) => {
    const form = new Map(Object.entries(await c.req.parseBody()).map(([name, value]) => [name, String(value).trim()]))
    const open = enter(emulation, c, c.req.param('id'))
    if (open === undefined) return expired(c)
    const { visit, session, view } = open
    const done = stepDone(c, open)
    if (done !== undefined) return done
    const problem = onItsClock(emulation, session.customer, () => performPortalAction(emulation, view, form))
    if (problem !== null) return c.html(portalPage(emulation, view, problem), problem.status)
    if (view.flow === null) return c.redirect(c.req.path, 303)
    visit.flowDone = true
    return c.redirect(view.flow.after_completion.redirect?.return_url ?? c.req.path, 303)
  })
  return app
}

/** The link waits a few minutes for its first browser, and then knows only that one, by a cookie. */
function enter(emulation: Emulation, c: Context, id: string): OpenPortal | undefined {
  const { store, clock } = emulation
  const session = store.portalSessions.get(id)
  const visit = store.portalVisits.get(id)
  const configuration = store.portalConfigurations.get(session?.configuration ?? '')
  const customer = store.customers.get(session?.customer ?? '')
  if (session === undefined || visit === undefined || configuration === undefined || customer === undefined) return undefined
  if (clock.ownNow() > visit.validUntil) return undefined
  if (visit.browser === null) {
    if (c.req.method !== 'GET') return undefined
    visit.browser = randomUUID()
    setCookie(c, COOKIE, visit.browser, { httpOnly: true, sameSite: 'Lax', path: c.req.path })
  } else if (getCookie(c, COOKIE) !== visit.browser) return undefined
  visit.validUntil = clock.ownNow() + idleS
  const returnUrl = session.return_url ?? configuration.default_return_url
  return { visit, session, view: { configuration, customer, returnUrl, flow: visit.flowDone ? null : session.flow } }
}

/** A link to one step ends with it, unless it goes on to the portal's first page. */
function stepDone(c: Context, { visit, session, view }: OpenPortal): Response | Promise<Response> | undefined {
  const after = session.flow?.after_completion
  if (!visit.flowDone || after === undefined || after.type === 'portal_homepage') return undefined
  const href = after.redirect?.return_url ?? view.returnUrl
  const message = after.hosted_confirmation?.custom_message ?? 'Your change was made.'
  return c.html(noticePage('Done', message, href === null ? undefined : { href, label: 'Back' }))
}

function expired(c: Context): Response | Promise<Response> {
  return c.html(noticePage('Link expired', 'Ask for a new link to the customer portal.'), 404)
}
