import { verifyWebhook, WEBHOOK_PATH } from '@licenseoperator/billing'
import type { Db } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import {
  accessLog,
  addHealth,
  failAs,
  type HttpEnv,
  type Metrics,
  methodNotAllowed,
  metricsHandler,
  notFound,
  readBody,
  requestId,
  securityHeaders,
  toErrorResponse,
} from '@licenseoperator/http'
import { Hono } from 'hono'
import type { Stripe } from 'stripe'
import { keepEvent, type WebhookPublisher } from './keep-event.ts'

export interface ReceiverDeps {
  readonly db: Db
  readonly publish: WebhookPublisher
  readonly stripe: Stripe
  readonly webhookSecrets: readonly string[]
  readonly checks: Record<string, () => Promise<void>>
  readonly log: Log
  readonly metrics: Metrics
  readonly now: () => Date
}

/**
 * The HTTP side of the ingest: verifies a webhook, stores it durably, and only then answers 200. Never a 2xx for something that is not on disk;
 * with neither store at hand it answers 503 and Stripe sends again.
 */
export function createReceiver(deps: ReceiverDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.use(requestId(), accessLog(deps.log, deps.metrics), securityHeaders(), methodNotAllowed(app))
  app.notFound(notFound)
  app.onError(toErrorResponse(deps.log))
  addHealth(app, { checks: deps.checks, timeoutMs: 2000 })
  app.get('/metrics', metricsHandler(deps.metrics))
  addWebhook(app, deps)
  return app
}

/** Adds the webhook route alone, for a process that serves other routes beside it. */
export function addWebhook(app: Hono<HttpEnv>, deps: Omit<ReceiverDeps, 'checks'>): void {
  const received = deps.metrics.counter('licenseoperator_webhooks_total', 'Stripe webhooks by what became of them', ['outcome'])
  app.post(WEBHOOK_PATH, failAs('webhook error'), async (c) => {
    const body = await readBody(c)
    const receivedAt = deps.now()
    const verified = verifyWebhook(deps.stripe, body, c.req.header('stripe-signature'), deps.webhookSecrets, receivedAt)
    const store = await keepEvent(deps, { ...verified, receivedAt })
    received.inc({ outcome: store })
    return c.text('ok', 200)
  })
}
