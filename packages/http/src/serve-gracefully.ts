import type { Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Log } from '@licenseoperator/domain'
import { errorFields } from './error-fields.ts'

export interface ServeOptions {
  readonly fetch: (request: Request, env: HttpBindings) => Response | Promise<Response>
  /** Address to listen on; empty for all interfaces. */
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly log: Log
  /** Runs once the last request is answered, e.g. to close pools. */
  readonly onStop?: () => Promise<void>
  /** After this time `stop()` cuts what is still open. */
  readonly stopTimeoutMs?: number
}

export interface Serving {
  readonly port: number
  readonly url: string
  /**
   * Stops accepting, lets requests in flight finish, then runs `onStop`. A second call, like the time-out, destroys every connection at once.
   */
  stop(): Promise<void>
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

/**
 * Serves a fetch handler on a Node HTTP server with bounded times, sizes and connections.
 *
 * @throws CannotListen when the port is taken or the address unusable
 */
export async function serveGracefully(options: ServeOptions): Promise<Serving> {
  const { fetch, host, log, onStop, stopTimeoutMs = 9000 } = options
  // `createServer` of node:http never makes the HTTP/2 bindings that the adapter's type allows for.
  const server = createServer(
    limits,
    getRequestListener((request, env) => fetch(request, env as HttpBindings)),
  )
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET
  server.maxConnections = MAX_CONNECTIONS
  const drain = trackRequests(server)
  const port = await listen(server, host, options.port)
  // Without a listener a late server error would end the process.
  server.on('error', (error) => log.error('http server error', errorFields(error)))
  let stopping: Promise<void> | undefined
  const stopOnce = async () => {
    const deadline = setTimeout(() => server.closeAllConnections(), stopTimeoutMs)
    await drain()
    clearTimeout(deadline)
    await onStop?.()
  }
  return {
    port,
    url: `http://${urlHost(host)}:${port}`,
    stop() {
      if (stopping !== undefined) server.closeAllConnections()
      stopping ??= stopOnce()
      return stopping
    },
  }
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

/** Watches requests; the function it returns stops accepting and resolves when the last connection has closed. */
function trackRequests(server: Server): () => Promise<void> {
  const inFlight = new Set<ServerResponse>()
  let stopping = false
  server.prependListener('request', (_request, response) => {
    inFlight.add(response)
    if (stopping) response.setHeader('Connection', 'close')
    response.once('close', () => {
      inFlight.delete(response)
      if (stopping) server.closeIdleConnections()
    })
  })
  return () => {
    stopping = true
    // Otherwise a client that keeps its connection alive would keep the server open after its last answer.
    for (const response of inFlight) if (!response.headersSent) response.setHeader('Connection', 'close')
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve())
    return promise
  }
}

function urlHost(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
