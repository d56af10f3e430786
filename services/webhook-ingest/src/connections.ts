import type { Config } from '@licenseoperator/config'
import { type Database, openDatabase, waitForSchema } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import {
  EventsUnavailable,
  ensureStreams,
  type NatsLink,
  openNatsLink,
  publishDurably,
  StreamMissing,
  type StreamNames,
} from '@licenseoperator/events'
import { pause } from './every.ts'

/** How long a starting service waits for what it depends on before it says so and ends. */
const START_WAIT_MS = 15_000
const RETRY_MS = 500
const WORKER_HOLD_MS = 15_000
/** With JetStream's four seconds before it, a webhook is answered within Stripe's and everybody else's patience. */
const REQUEST_HOLD_MS = 3000

/** What the three roles share: one pool, one NATS connection, the names of the streams. */
export class Connections {
  /** For workers, which may hold a connection for long. */
  readonly database: Database
  /** For requests: whoever waits for an answer gets one in time, however busy the workers are. */
  readonly requests: Database
  readonly nats: NatsLink
  readonly #config: Config
  #streams: StreamNames | undefined

  constructor(config: Config, log: Log) {
    const { mysql, nats } = config
    this.#config = config
    const account = {
      ...mysql,
      password: mysql.password.reveal(),
      maxConnections: mysql.maxOpenConns,
      maxIdleConnections: mysql.maxIdleConns,
    }
    this.database = openDatabase({ ...account, holdMs: WORKER_HOLD_MS })
    this.requests = openDatabase({ ...account, holdMs: REQUEST_HOLD_MS })
    this.nats = openNatsLink({ url: nats.url.reveal(), name: 'licenseoperator-ingest', log })
  }

  /**
   * Waits a bounded time for MySQL with the schema this release knows.
   *
   * @throws DomainError with one sentence for the operator
   */
  async mysqlReady(): Promise<void> {
    await waitForSchema(this.database.db, this.#config.mysql, Date.now() + START_WAIT_MS)
  }

  /** The streams, made where they are missing. @throws EventsUnavailable after the wait */
  async streams(waitMs = START_WAIT_MS): Promise<StreamNames> {
    this.#streams ??= await this.ensureStreams(waitMs)
    return this.#streams
  }

  async ensureStreams(waitMs = START_WAIT_MS): Promise<StreamNames> {
    this.#streams = await ensureStreams(await this.nats.ready(waitMs), this.#config.nats)
    return this.#streams
  }

  /** The streams, however long NATS stays away; `undefined` once the signal ends the wait. */
  async streamsWhenever(signal: AbortSignal, log: Log): Promise<StreamNames | undefined> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        return await this.streams(1000)
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
    await this.streams(1000)
    const connection = await this.nats.ready(100)
    try {
      await publishDurably(connection, message)
    } catch (error) {
      if (!(error instanceof StreamMissing)) throw error
      // Somebody deleted the stream under us.
      await this.ensureStreams(1000)
      await publishDurably(connection, message)
    }
  }

  async close(): Promise<void> {
    await this.nats.close()
    await Promise.all([this.database.close(), this.requests.close()])
  }
}
