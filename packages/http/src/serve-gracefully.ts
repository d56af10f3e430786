import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { type Log, newId } from '@licenseoperator/domain'
import { boundConnections } from './bound-connections.ts'
import { errorFields } from './error-fields.ts'
import { inTurn } from './in-turn.ts'
import { isPlainTarget } from './plain-target.ts'
import type { StopOptions } from './stop-on-signals.ts'

export interface ServeOptions {
  readonly fetch: (request: Request, env: HttpBindings) => Response | Promise<Response>
  /** Address to listen on; empty for all interfaces. */
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly log: Log
  /** Runs once the last request is answered, e.g. to close pools. */
  readonly onStop?: () => Promise<void>
  /** After this time `stop()` cuts what is still open; the drain counts, but four seconds are always left after it. */
  readonly stopTimeoutMs?: number
  /** How long a stop with `drain` serves on, so that whoever sends us requests learns that we are leaving. */
  readonly drainMs?: number
  /** Runs when the drain begins: readiness has to say no from now on. */
  readonly onDrain?: () => void
  /** Connections of all addresses together. */
  readonly connections?: number
  /** Connections of one address; 0 for no limit. */
  readonly connectionsPerAddress?: number
  /** Peers that many clients are behind: their connections have no limit of their own. */
  readonly trustedProxies?: readonly string[]
  /** How long an answer may make no progress before its connection is cut. */
  readonly stuckMs?: number
}

export interface Serving {
  readonly port: number
  readonly url: string
  /**
   * With `drain` serves on for `drainMs`, each answer closing its connection. Then stops accepting, lets requests in flight finish and runs
   * `onStop`. A second call, like the time-out, destroys every connection at once.
   */
  stop(options?: StopOptions): Promise<void>
}

/** The address cannot be listened on, with a sentence an operator can act on. Exit code of the program: `exitCode`. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
  readonly code: string
  readonly exitCode = 1

  constructor(code: string, address: string) {
    super(`cannot listen on ${address}: ${listenFailures[code] ?? code}`)
    this.code = code
  }
}

const listenFailures: Record<string, string> = {
  EADDRINUSE: 'the port is already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'unknown host name',
}

/** Node's defaults let one client hold a connection for five minutes and open any number of them (reliability: headers 60 s, request 300 s). */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
}
const MAX_REQUESTS_PER_SOCKET = 1000
const MAX_CONNECTIONS = 2000
const CONNECTIONS_PER_ADDRESS = 1000
const STUCK_MS = 30_000
/** What requests have left after a drain. Half a second less than the process has: what stops behind the server has its turn. */
const REQUESTS_AFTER_DRAIN_MS = 4000

/**
 * Serves a fetch handler on a Node HTTP server with bounded times, sizes and connections; requests of one connection are answered in turn.
 * (Packages that stop a server know neither a drain in which it says that it leaves nor a flood of connections.)
 *
 * @throws CannotListen when the port is taken or the address unusable
 */
export async function serveGracefully(options: ServeOptions): Promise<Serving> {
  const { fetch, host, log, onStop, onDrain, drainMs = 0, stopTimeoutMs = 9000 } = options
  const closing = closeAnswers()
  // `createServer` of node:http never makes the HTTP/2 bindings that the adapter's type allows for.
  const handle = getRequestListener((request, env) => fetch(request, env as HttpBindings))
  const turns = inTurn((request, response) => {
    closing.track(response)
    if (isPlainTarget(request.url ?? '')) return handle(request, response)
    return refuseTarget(request, response)
  })
  const server = createServer(limits, turns.listener)
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET
  server.timeout = options.stuckMs ?? STUCK_MS
  const bounds = {
    total: options.connections ?? MAX_CONNECTIONS,
    perAddress: options.connectionsPerAddress ?? CONNECTIONS_PER_ADDRESS,
    trustedProxies: options.trustedProxies ?? [],
  }
  boundConnections(server, bounds, turns.isIdle)
  const port = await listen(server, host, options.port)
  // Without a listener a late server error would end the process.
  server.on('error', (error) => log.error('http server error', errorFields(error)))
  const hurry = new AbortController()
  let stopping: Promise<void> | undefined
  const stopOnce = async (drain: boolean) => {
    closing.start()
    if (drain && drainMs > 0) {
      onDrain?.()
      await sleep(drainMs, undefined, { signal: hurry.signal }).catch(() => undefined)
    }
    const patienceMs = drain ? Math.max(Math.min(REQUESTS_AFTER_DRAIN_MS, stopTimeoutMs), stopTimeoutMs - drainMs) : stopTimeoutMs
    const deadline = setTimeout(() => server.closeAllConnections(), patienceMs)
    await closed(server, closing)
    clearTimeout(deadline)
    await onStop?.()
  }
  return {
    port,
    url: `http://${urlHost(host)}:${port}`,
    stop({ drain = false } = {}) {
      if (stopping !== undefined) {
        hurry.abort()
        server.closeAllConnections()
      }
      stopping ??= stopOnce(drain)
      return stopping
    },
  }
}

/** In the shape of every other refusal; nothing of ours looks at such a target. */
const refuseTarget: RequestListener = (_request, response) => {
  const body = JSON.stringify({ error: 'not found', code: 'not_found', requestId: newId('request') })
  response.writeHead(404, { 'Content-Type': 'application/json', Connection: 'close' }).end(body)
}

function listen(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const refused = (error: NodeJS.ErrnoException) =>
    reject(new CannotListen(error.code ?? 'unknown error', `${urlHost(host)}:${port}`))
  server.once('error', refused)
  server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
    server.off('error', refused)
    const address = server.address()
    resolve(typeof address === 'object' && address !== null ? address.port : port)
  })
  return promise
}

/** From `start()` on every answer closes its connection: a client that keeps it alive would keep the server open. */
function closeAnswers() {
  const inFlight = new Set<ServerResponse>()
  let closing = false
  return {
    track(response: ServerResponse) {
      inFlight.add(response)
      if (closing) response.setHeader('Connection', 'close')
      response.once('close', () => inFlight.delete(response))
    },
    start() {
      closing = true
      for (const response of inFlight) if (!response.headersSent) response.setHeader('Connection', 'close')
    },
    inFlight,
  }
}

/** Stops accepting. @returns once the last connection has closed */
function closed(server: Server, { inFlight }: ReturnType<typeof closeAnswers>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const response of inFlight) response.once('close', () => server.closeIdleConnections())
  server.close(() => resolve())
  return promise
}

function urlHost(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
