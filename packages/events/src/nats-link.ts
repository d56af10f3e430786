import { setTimeout as sleep } from 'node:timers/promises'
import { connect, createInbox, ErrorCode, type NatsConnection } from 'nats'
import { EventsUnavailable } from './event-errors.ts'
import { isConnected, markConnected } from './is-connected.ts'
import { type NatsAccess, type NatsTarget, natsTarget } from './nats-target.ts'
import { within } from './within.ts'

/** What this package needs of a log. Fields never carry credentials or payloads. */
export interface EventsLog {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

export interface NatsLinkOptions extends NatsAccess {
  /** Shown in the server's connection list, and the name in the connection's own inbox prefix, `_INBOX_{name}`. */
  readonly name: string
  readonly log: EventsLog
}

export interface NatsLink {
  /** True while the connection is up. */
  readonly connected: boolean
  /**
   * The connection once it is up. It heals itself: keep it for as long as it serves.
   *
   * @throws EventsUnavailable after `timeoutMs`, or when the link is closed: one sentence, without credentials
   */
  ready(timeoutMs: number): Promise<NatsConnection>
  /** Hands over what is buffered, for two seconds at most, and closes. */
  close(): Promise<void>
}

/**
 * A connection that is always being kept: opened in the background, reopened for ever. A service can start while NATS is absent.
 *
 * The client's defaults give up for good after ten tries and notice a half-open peer after four minutes; credentials that are being rotated
 * would end reconnecting as well.
 *
 * @throws EventsUnavailable when the URL is none
 */
export function openNatsLink(options: NatsLinkOptions): NatsLink {
  const target = natsTarget(options)
  if (target === undefined) throw new EventsUnavailable('the NATS URL is not of the form nats://host:port')
  return new Link(options, target)
}

const CLOSE_MS = 2000
const FIRST_RECONNECT_MS = 100
const MAX_RECONNECT_MS = 1000

class Link implements NatsLink {
  readonly #options: NatsLinkOptions
  readonly #target: NatsTarget
  readonly #closing = new AbortController()
  #connection: NatsConnection | undefined
  #lastErrorCode: string | undefined
  #waiting: (() => void)[] = []
  readonly #kept: Promise<void>

  constructor(options: NatsLinkOptions, target: NatsTarget) {
    this.#options = options
    this.#target = target
    this.#kept = this.#keep()
  }

  get connected(): boolean {
    return this.#connection !== undefined && isConnected(this.#connection)
  }

  async ready(timeoutMs: number): Promise<NatsConnection> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const connection = this.#connection
      if (connection !== undefined && isConnected(connection)) return connection
      const leftMs = deadline - Date.now()
      if (leftMs <= 0 || this.#closing.signal.aborted) throw this.#unreachable()
      await within(new Promise<void>((resolve) => this.#waiting.push(resolve)), leftMs)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#wake()
    const connection = this.#connection
    if (connection !== undefined && !connection.isClosed()) {
      // Draining waits for the server; while that is away there is nobody to hand over to.
      if (isConnected(connection))
        await within(
          connection.drain().catch(() => undefined),
          CLOSE_MS,
        )
      await connection.close()
    }
    await this.#kept
  }

  async #keep(): Promise<void> {
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      try {
        const connection = await connect({ ...this.#target.options, ...this.#settings() })
        failures = 0
        await this.#follow(connection)
      } catch (error) {
        this.#noteFailure(codeOf(error))
        failures += 1
        await this.#pause(Math.min(MAX_RECONNECT_MS, FIRST_RECONNECT_MS * failures))
      }
    }
  }

  #settings() {
    const { name } = this.#options
    return {
      name,
      timeout: 3000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 750,
      reconnectJitterTLS: 750,
      pingInterval: 10_000,
      maxPingOut: 2,
      ignoreAuthErrorAbort: true,
      noAsyncTraces: true,
      // Permissions can then allow each service its own replies only.
      inboxPrefix: createInbox(`_INBOX_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`),
    }
  }

  /** Until the connection is closed by us, or against all settings by the client: then a new one follows. */
  async #follow(connection: NatsConnection): Promise<void> {
    const { log } = this.#options
    this.#connection = connection
    this.#lastErrorCode = undefined
    log.info('connected to NATS', { server: this.#target.address })
    this.#wake()
    // `close` may have come while the client was dialling.
    if (this.#closing.signal.aborted) await connection.close()
    void this.#watch(connection)
    const reason = await connection.closed()
    if (!(reason instanceof Error)) return this.#closing.abort()
    log.error('NATS connection ended, opening a new one', { server: this.#target.address, code: codeOf(reason) })
  }

  async #watch(connection: NatsConnection): Promise<void> {
    const { log } = this.#options
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        markConnected(connection, false)
        if (!this.#closing.signal.aborted) log.warn('NATS connection lost, reconnecting', { server: this.#target.address })
      } else if (status.type === 'reconnect') {
        markConnected(connection, true)
        this.#lastErrorCode = undefined
        log.info('NATS connection is back', { server: this.#target.address })
        this.#wake()
      } else if (status.type === 'error') {
        this.#noteFailure(String(status.data))
      }
    }
  }

  /** Logged once for each change: what lasts would fill the log otherwise. */
  #noteFailure(code: string): void {
    if (code === this.#lastErrorCode || this.#closing.signal.aborted) return
    this.#lastErrorCode = code
    this.#options.log.warn('NATS reports an error', { server: this.#target.address, code })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  async #pause(delayMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
  }

  #unreachable(): EventsUnavailable {
    if (this.#closing.signal.aborted) return new EventsUnavailable('the NATS connection is closed')
    const refused = this.#lastErrorCode === ErrorCode.AuthorizationViolation
    const what = refused ? 'refuses the credentials' : 'cannot be reached'
    return new EventsUnavailable(`NATS at ${this.#target.address} ${what}`, {
      cause: { code: this.#lastErrorCode ?? 'NO_ANSWER' },
    })
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown'
}
