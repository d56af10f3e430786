import { WEBHOOK_PATH } from '@licenseoperator/billing'
import type { Db } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import {
  accessLog,
  addOperations,
  failAs,
  type HttpEnv,
  type Metrics,
  methodNotAllowed,
  notFound,
  type OperationsOptions,
  readBody,
  requestId,
  securityHeaders,
  toErrorResponse,
} from '@licenseoperator/http'
import { verifyWebhook } from '@licenseoperator/stripe'
import { Hono } from 'hono'
import type { Stripe } from 'stripe'
import { keepEvent, type WebhookPublisher } from './keep-event.ts'

export interface ReceiverDeps {
  readonly db: Db
  readonly publish: WebhookPublisher
  readonly stripe: Stripe
  readonly webhookSecrets: readonly string[]
  /** The stores that an event can go to; one of them is enough to be ready. */
  readonly checks: Record<string, () => Promise<void>>
  /** Aborted once the process is leaving: readiness says no. */
  readonly draining?: AbortSignal
  /** Readiness and metrics are served on an address of their own. */
  readonly operationsElsewhere?: boolean
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
  app.use(requestId(), accessLog(deps.log, deps.metrics), securityHeaders({ hsts: true }), methodNotAllowed(app))
  app.notFound(notFound)
  app.onError(toErrorResponse(deps.log))
  addOperations(app, receiverOperations(deps), { elsewhere: deps.operationsElsewhere })
  addWebhook(app, deps)
  return app
}

/** What operators ask the receiver, here or on an address of its own. */
export function receiverOperations({ checks, draining, metrics }: ReceiverDeps): OperationsOptions {
  return { checks, timeoutMs: 2000, ready: 'any', draining, metrics }
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
