import { Worker } from 'node:worker_threads'
import { type DatabaseOptions, openDatabase } from '@licenseoperator/db'
import { silentLog } from '@licenseoperator/domain'
import { publishDurably } from '@licenseoperator/events'
import { createMetrics, serveGracefully } from '@licenseoperator/http'
import { createStripe } from '@licenseoperator/stripe'
import { createReceiver } from '@licenseoperator/webhook-ingest'
import { Hono } from 'hono'
import type { NatsConnection } from 'nats'
import { Stripe } from 'stripe'
import { checkoutEvent } from './checkout-event.ts'
import { perSecondOver, type Result } from './measure.ts'

const SECRET = 'whsec_benchmark'
const CONNECTIONS = 32
const BODIES = 20_000
const SUBJECT = 'bench.webhook'

/** Webhooks accepted by our receiver, against a bare handler that checks the signature and publishes. Different event ids each time. */
export async function webhooks(connection: NatsConnection, account: DatabaseOptions, durationMs: number): Promise<Result> {
  const stripe = createStripe({ apiKey: 'sk_test_benchmark' })
  const database = openDatabase(account)
  const bare = new Hono()
  const js = connection.jetstream()
  bare.post('/', async (c) => {
    const body = await c.req.text()
    const event = stripe.webhooks.constructEvent(body, c.req.header('stripe-signature') ?? '', SECRET)
    await js.publish(SUBJECT, Buffer.from(body), { msgID: event.id })
    return c.text('ok')
  })
  const receiver = createReceiver({
    db: database.db,
    publish: async (message) => void (await publishDurably(connection, { ...message, subject: SUBJECT })),
    stripe,
    webhookSecrets: [SECRET],
    checks: {},
    log: silentLog,
    metrics: createMetrics(),
    now: () => new Date(),
  })
  try {
    // Interleaved, so that a slow moment of the machine meets both.
    const [ours, floor] = await perSecondOver(2, [
      () => load((request) => receiver.fetch(request), '/authlance/license/stripe/webhook', durationMs),
      () => load((request) => bare.fetch(request), '/', durationMs),
    ])
    return {
      name: 'webhooks accepted',
      floorName: 'bare Hono handler: signature and JetStream publish',
      perSecond: ours ?? 0,
      floorPerSecond: floor ?? 0,
      target: 0.7,
    }
  } finally {
    await database.close()
  }
}

async function load(
  handler: (request: Request) => Response | Promise<Response>,
  path: string,
  durationMs: number,
): Promise<number> {
  const serving = await serveGracefully({
    fetch: (request) => handler(request),
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
  })
  const bodies = Array.from({ length: BODIES }, () => signed(JSON.stringify(checkoutEvent())))
  const workerData = { url: `http://127.0.0.1:${serving.port}${path}`, bodies, connections: CONNECTIONS, durationMs }
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData })
  try {
    return await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  } finally {
    await worker.terminate()
    await serving.stop()
  }
}

function signed(body: string): { body: string; signature: string } {
  const signature = new Stripe('sk_test_benchmark').webhooks.generateTestHeaderString({ payload: body, secret: SECRET })
  return { body, signature }
}
