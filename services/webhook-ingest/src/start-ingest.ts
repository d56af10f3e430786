import { createStripe } from '@licenseoperator/billing'
import type { Config } from '@licenseoperator/config'
import type { Log } from '@licenseoperator/domain'
import { ping } from '@licenseoperator/events'
import { addNatsMetric, createMetrics, type Metrics, type StopOptions, serveWithOperations } from '@licenseoperator/http'
import { openKeyRing } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import { Connections, type IngestRole } from './connections.ts'
import { prepareStripe } from './prepare-stripe.ts'
import { createReceiver, type ReceiverDeps, receiverOperations } from './receiver/create-receiver.ts'
import { startWork } from './start-work.ts'

export interface Ingest {
  /** Where the receiver listens; every role serves health and metrics there. */
  readonly url: string
  /** Where readiness and metrics are served, when that is an address of its own. */
  readonly adminUrl: string | undefined
  /** Stops taking work, finishes what is in flight, closes the connections. */
  stop(options?: StopOptions): Promise<void>
}

/**
 * Starts the roles of the ingest that were asked for, in one process.
 *
 * The receiver starts even while NATS is away, because it has MySQL to fall back on, and so does what runs beside it; processor and relay
 * alone are of no use without it.
 *
 * @throws ConfigError, SigningKeyError, CannotListen, or DomainError/EventsUnavailable with one sentence after a bounded wait
 */
export async function startIngest(options: { config: Config; roles: readonly IngestRole[]; log: Log }): Promise<Ingest> {
  const { config, roles, log } = options
  // Before anything is opened: a key that cannot sign is a mistake in the configuration, not a failure of work.
  const keys = signingKeysOf(config)
  const connections = new Connections(config, log, roles)
  try {
    await connections.mysqlReady()
    await prepareStripe(config, connections.database.db, log)
    const receives = roles.includes('receiver')
    await (receives ? connections.streamsSoon() : connections.streams())
    const metrics = createMetrics()
    addNatsMetric(metrics, connections.nats)
    const { server, ingest } = config
    const adminAddr = ingest.adminAddr ?? server.adminAddr
    const draining = new AbortController()
    const deps = receiverDeps(config, connections, metrics, log)
    const receiver: ReceiverDeps = {
      ...deps,
      // Workers store what they do in MySQL and in nothing else.
      checks: receives ? deps.checks : { mysql: () => connections.database.ping() },
      draining: draining.signal,
      operationsElsewhere: adminAddr !== undefined,
    }
    // Listening comes first: where the port is taken, no work has been started that would have to be undone.
    const serving = await serveWithOperations({
      fetch: createReceiver(receiver).fetch,
      ...ingest.addr,
      adminAddr,
      operations: receiverOperations(receiver),
      log,
      // Nobody sends requests to workers: they leave at once.
      drainMs: receives ? server.drainDelayMs : 0,
      onDrain: () => draining.abort(),
      connectionsPerAddress: server.maxConnectionsPerAddress,
      trustedProxies: server.trustedProxies,
    })
    const stopping = new AbortController()
    const work = startWork({ ...options, keys }, connections, metrics, stopping.signal)
    log.info('webhook-ingest runs', { url: serving.url, adminUrl: serving.adminUrl, roles })
    return {
      url: serving.url,
      adminUrl: serving.adminUrl,
      stop: async (how) => {
        stopping.abort()
        await Promise.all([serving.stop(how), ...work])
        await connections.close()
      },
    }
  } catch (error) {
    await connections.close()
    throw error
  }
}

/** What the receiver needs of the connections; also used by a process that serves the webhook beside other routes. */
export function receiverDeps(config: Config, connections: Connections, metrics: Metrics, log: Log): ReceiverDeps {
  return {
    db: connections.requests.db,
    publish: (message) => connections.publish({ ...message, subject: config.nats.subjectStripeWebhook }),
    stripe: createStripe({ apiKey: config.stripe.apiKey.reveal(), apiBase: config.stripe.apiBase }),
    webhookSecrets: config.stripe.webhookSecrets.map((secret) => secret.reveal()),
    checks: {
      mysql: () => connections.requests.ping(),
      nats: async () => ping(await connections.nats.ready(100), 1500),
    },
    log,
    metrics,
    now: () => new Date(),
  }
}

/** The configured signing keys. @throws SigningKeyError naming the entry that cannot sign */
export function signingKeysOf(config: Config): KeyRing {
  return openKeyRing(config.security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
}
