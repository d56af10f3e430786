import { type Config, ConfigError } from '@licenseoperator/config'
import type { Database } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { type NatsLink, ping } from '@licenseoperator/events'
import {
  addNatsMetric,
  createMetrics,
  type HttpEnv,
  type Metrics,
  type StopOptions,
  serveWithOperations,
} from '@licenseoperator/http'
import { openKeyRing } from '@licenseoperator/licensing'
import type { KeyRing } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import type { Hono } from 'hono'
import { Connections, type IngestRole } from './connections.ts'
import { prepareStripe } from './prepare-stripe.ts'
import { addWebhook, createReceiver, type ReceiverDeps, receiverOperations } from './receiver/create-receiver.ts'
import { startWork } from './start-work.ts'

export interface Ingest {
  /** Those that run: of the ones asked for, what is configured. */
  readonly roles: readonly IngestRole[]
  /** Where the receiver listens; every role serves health and metrics there. */
  readonly url: string
  /** Where readiness and metrics are served, when that is an address of its own. */
  readonly adminUrl: string | undefined
  /** Stops taking work, finishes what is in flight, closes the connections. */
  stop(options?: StopOptions): Promise<void>
}

/** What the receiver shares with the routes of another service that are served on one listener with it. */
export interface IngestSurroundings {
  readonly database: Pick<Database, 'db' | 'ping'>
  readonly nats: NatsLink
  readonly metrics: Metrics
  /** Adds the webhook route. */
  addRoutes(app: Hono<HttpEnv>): void
}

type Listening = Pick<Ingest, 'url' | 'adminUrl' | 'stop'>

export interface IngestOptions {
  readonly config: Config
  readonly roles: readonly IngestRole[]
  readonly log: Log
  /** Listens in place of the ingest, which then opens no address of its own. What it is given stays open until it has stopped. */
  readonly listen?: (surroundings: IngestSurroundings) => Promise<Listening>
}

/**
 * Starts the roles of the ingest that were asked for, in one process.
 *
 * The receiver starts even while NATS is away, because it has MySQL to fall back on, and so does what runs beside it; processor and relay
 * alone are of no use without it.
 *
 * @throws ConfigError, SigningKeyError, CannotListen, or DomainError/EventsUnavailable with one sentence after a bounded wait
 */
export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { config, log } = options
  const roles = rolesThatRun(config, options.roles)
  // Before anything is opened: a key that cannot sign is a mistake in the configuration, not a failure of work.
  const keys = signingKeysOf(config)
  const connections = new Connections(config, log, roles)
  try {
    await connections.mysqlReady()
    await prepareStripe(config, connections.database.db, log)
    await (roles.includes('receiver') ? connections.streamsSoon() : connections.streams())
    const metrics = createMetrics()
    addNatsMetric(metrics, connections.nats)
    const deps = receiverDeps(config, connections, metrics, log)
    // Listening comes first: where the port is taken, no work has been started that would have to be undone.
    const serving = await (options.listen === undefined
      ? listenAlone({ ...options, roles }, connections, deps)
      : options.listen({
          database: connections.requests,
          nats: connections.nats,
          metrics,
          addRoutes: (app) => addWebhook(app, deps),
        }))
    const stopping = new AbortController()
    const work = startWork({ ...options, roles, keys }, connections, metrics, stopping.signal)
    return {
      roles,
      url: serving.url,
      adminUrl: serving.adminUrl,
      // Together: the workers stop while the listener drains.
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

/** Where no mail is configured there is nothing for the notifier to do. @throws ConfigError when it was to run alone */
function rolesThatRun(config: Config, wanted: readonly IngestRole[]): readonly IngestRole[] {
  const roles = wanted.filter((role) => role !== 'notifier' || config.mail.host !== undefined)
  if (roles.length === 0) throw new ConfigError([{ path: 'mail.host', message: 'is required by the role notifier' }])
  return roles
}

/** The receiver, or what operators ask a worker, on `ingest.addr`. */
function listenAlone({ config, roles, log }: IngestOptions, connections: Connections, deps: ReceiverDeps): Promise<Listening> {
  const { server, ingest } = config
  const receives = roles.includes('receiver')
  const adminAddr = ingest.adminAddr ?? server.adminAddr
  const draining = new AbortController()
  const receiver: ReceiverDeps = {
    ...deps,
    // Workers store what they do in MySQL and in nothing else.
    checks: receives ? deps.checks : { mysql: () => connections.database.ping() },
    draining: draining.signal,
    operationsElsewhere: adminAddr !== undefined,
  }
  return serveWithOperations({
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
}

/** What the receiver needs of the connections. */
function receiverDeps(config: Config, connections: Connections, metrics: Metrics, log: Log): ReceiverDeps {
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
function signingKeysOf(config: Config): KeyRing {
  return openKeyRing(config.security.map((pair) => ({ ...pair, privateKeyPem: pair.privateKeyPem.reveal() })))
}
