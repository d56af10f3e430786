import { setTimeout as sleep } from 'node:timers/promises'
import { connect, createInbox, type NatsConnection } from 'nats'
import { EventsUnavailable } from './event-errors.ts'

/** What this package needs of a log. */
export interface EventsLog {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
}

export interface NatsLink {
  /** True while the connection is up. */
  readonly connected: boolean
  /** The connection once it is up. @throws EventsUnavailable after `timeoutMs` */
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
 * @param url   `nats://` or `tls://`, credentials allowed; never logged
 * @param name  shown in the server's connection list
 */
export function openNatsLink(options: { url: string; name: string; log: EventsLog }): NatsLink {
  return new Link(options)
}

const CLOSE_MS = 2000

class Link implements NatsLink {
  readonly #options: { url: string; name: string; log: EventsLog }
  readonly #closing = new AbortController()
  readonly #opened: Promise<NatsConnection>
  #connection: NatsConnection | undefined
  #up = false

  constructor(options: { url: string; name: string; log: EventsLog }) {
    this.#options = options
    this.#opened = this.#open()
    // Whoever waits in `ready` sees the failure; without a waiter it is no unhandled rejection.
    this.#opened.catch(() => undefined)
  }

  get connected(): boolean {
    return this.#up
  }

  async ready(timeoutMs: number): Promise<NatsConnection> {
    if (this.#connection !== undefined && this.#up) return this.#connection
    const deadline = Date.now() + timeoutMs
    const connection = await within(this.#opened, timeoutMs)
    while (!this.#up && Date.now() < deadline) await sleep(Math.min(50, Math.max(1, deadline - Date.now())))
    if (this.#up) return connection
    throw unreachable()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const connection = this.#connection
    if (connection === undefined || connection.isClosed()) return
    const drained = connection.drain().then(
      () => true,
      () => false,
    )
    await Promise.race([drained, sleep(CLOSE_MS)])
    await connection.close()
  }

  async #open(): Promise<NatsConnection> {
    const { url, name, log } = this.#options
    const { servers, ...credentials } = connectTarget(url)
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closing.signal.aborted) throw unreachable()
      try {
        const connection = await connect({
          servers,
          ...credentials,
          name,
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          reconnectJitter: 250,
          pingInterval: 10_000,
          maxPingOut: 2,
          timeout: 3000,
          ignoreAuthErrorAbort: true,
          // Permissions can then allow each service its own replies only.
          inboxPrefix: createInbox(`_INBOX_${name.replaceAll(/[^A-Za-z0-9]/g, '_')}`),
        })
        this.#connection = connection
        this.#up = true
        this.#watch(connection)
        log.info('connected to NATS')
        return connection
      } catch (error) {
        if (attempt === 1) log.warn('NATS cannot be reached, trying on', { code: codeOf(error) })
        await sleep(Math.min(1000, 100 * attempt), undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.#up = false
        this.#options.log.warn('NATS connection lost, reconnecting')
      } else if (status.type === 'reconnect') {
        this.#up = true
        this.#options.log.info('NATS connection is back')
      } else if (status.type === 'error') {
        this.#options.log.warn('NATS reports an error', { code: String(status.data) })
      }
    }
    this.#up = false
  }
}

function connectTarget(url: string): { servers: string; user?: string; pass?: string } {
  const parsed = new URL(url)
  const servers = `${parsed.protocol}//${parsed.host}`
  if (parsed.username === '') return { servers }
  return { servers, user: decodeURIComponent(parsed.username), pass: decodeURIComponent(parsed.password) }
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const timeout = new AbortController()
  try {
    return await Promise.race([
      promise,
      sleep(timeoutMs, undefined, { signal: timeout.signal }).then(() => {
        throw unreachable()
      }),
    ])
  } finally {
    timeout.abort()
  }
}

function unreachable(): EventsUnavailable {
  return new EventsUnavailable('NATS cannot be reached')
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown'
}
