import type { Config } from '@licenseoperator/config'
import { type Database, openDatabase, waitForSchema } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import {
  EventsUnavailable,
  ensureStream,
  type NatsLink,
  openNatsLink,
  publishDurably,
  type StreamKind,
  StreamMissing,
} from '@licenseoperator/events'
import { pause } from './every.ts'

export const ingestRoles = ['receiver', 'processor', 'relay'] as const
export type IngestRole = (typeof ingestRoles)[number]

/** How long a starting service waits for what it depends on before it says so and ends. */
const START_WAIT_MS = 15_000
const SOON_MS = 2000
const RETRY_MS = 500
const WORKER_HOLD_MS = 15_000
/** With JetStream's four seconds before it, a webhook is answered within Stripe's and everybody else's patience. */
const REQUEST_HOLD_MS = 3000

/** The streams that a role works with. What it does not need it need not be allowed to make. */
const streamsOf: Record<IngestRole, StreamKind> = { receiver: 'webhook', processor: 'webhook', relay: 'licenseIssued' }

/** What the three roles share: one pool, one NATS connection, the names of the streams. */
export class Connections {
  /** For workers, which may hold a connection for long. */
  readonly database: Database
  /** For requests: whoever waits for an answer gets one in time, however busy the workers are. */
  readonly requests: Database
  readonly nats: NatsLink
  readonly #config: Config
  readonly #roles: readonly IngestRole[]
  readonly #streams = new Map<StreamKind, string>()

  /** @param roles  those that this process runs: one alone has a name, and with it an inbox, of its own */
  constructor(config: Config, log: Log, roles: readonly IngestRole[] = ingestRoles) {
    const { mysql, nats } = config
    this.#config = config
    this.#roles = roles
    const account = {
      ...mysql,
      password: mysql.password.reveal(),
      maxConnections: mysql.maxOpenConns,
      maxIdleConnections: mysql.maxIdleConns,
    }
    this.database = openDatabase({ ...account, holdMs: WORKER_HOLD_MS })
    this.requests = openDatabase({ ...account, holdMs: REQUEST_HOLD_MS })
    const [role, ...otherRoles] = roles
    const name = role === undefined || otherRoles.length > 0 ? 'ingest' : role
    this.nats = openNatsLink({ ...nats, name: `licenseoperator-${name}`, log })
  }

  /**
   * Waits a bounded time for MySQL with the schema this release knows.
   *
   * @throws DomainError with one sentence for the operator
   */
  async mysqlReady(): Promise<void> {
    await waitForSchema(this.database.db, this.#config.mysql, Date.now() + START_WAIT_MS)
  }

  /** Makes the streams of our roles where they are missing. @throws EventsUnavailable after the wait */
  async streams(waitMs = START_WAIT_MS): Promise<void> {
    for (const kind of new Set(this.#roles.map((role) => streamsOf[role]))) await this.stream(kind, waitMs)
  }

  /**
   * Makes the streams of our roles where NATS answers soon, so that whoever subscribes once we are ready finds them. What can start without NATS does not
   * wait longer.
   */
  async streamsSoon(): Promise<void> {
    try {
      await this.streams(SOON_MS)
    } catch (error) {
      if (!(error instanceof EventsUnavailable)) throw error
    }
  }

  /** Name of a stream, made where it is missing. @throws EventsUnavailable after the wait */
  async stream(kind: StreamKind, waitMs = START_WAIT_MS): Promise<string> {
    return this.#streams.get(kind) ?? (await this.ensureStream(kind, waitMs))
  }

  async ensureStream(kind: StreamKind, waitMs = START_WAIT_MS): Promise<string> {
    const name = await ensureStream(await this.nats.ready(waitMs), this.#config.nats, kind)
    this.#streams.set(kind, name)
    return name
  }

  /** Name of a stream, however long NATS stays away; `undefined` once the signal ends the wait. */
  async streamWhenever(kind: StreamKind, signal: AbortSignal, log: Log): Promise<string | undefined> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        return await this.stream(kind, 1000)
      } catch (error) {
        if (!(error instanceof EventsUnavailable)) throw error
        if (tries === 0) log.warn('waiting for NATS; webhooks go to MySQL meanwhile', { reason: error.message })
        await pause(RETRY_MS, signal)
      }
    }
    return undefined
  }

  /** Publishes within about four seconds, or says why not: at once while the connection is down. */
  async publish(message: { subject: string; data: Uint8Array; messageId: string }): Promise<void> {
    if (!this.nats.connected) throw new EventsUnavailable('NATS is not connected')
    const kind = message.subject === this.#config.nats.subjectStripeWebhook ? 'webhook' : 'licenseIssued'
    await this.stream(kind, 1000)
    const connection = await this.nats.ready(100)
    try {
      await publishDurably(connection, message)
    } catch (error) {
      if (!(error instanceof StreamMissing)) throw error
      // Somebody deleted the stream under us.
      await this.ensureStream(kind, 1000)
      await publishDurably(connection, message)
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.nats.close(), this.database.close(), this.requests.close()])
  }
}
