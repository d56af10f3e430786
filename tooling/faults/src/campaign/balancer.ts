import { createServer, get, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const PROBE_MS = 100

/**
 * What stands in front of several instances of a service: sends each request once to an instance whose `/readyz` says 200, in turn. It repeats
 * nothing, so a request that an instance drops is an answer 502 that the client sees.
 */
export class Balancer {
  readonly #server: Server
  readonly #ready = new Map<number, boolean>()
  readonly #stop = new AbortController()
  #turn = 0

  private constructor(port: number) {
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing)).listen(port, '127.0.0.1')
  }

  static async open(port: number): Promise<Balancer> {
    const balancer = new Balancer(port)
    await new Promise((resolve) => balancer.#server.once('listening', resolve))
    return balancer
  }

  /** Asks for the instance's readiness from now on, and sends it requests while it is ready. */
  add(port: number): void {
    this.#ready.set(port, false)
    void this.#probe(port)
  }

  /** Sends the instance requests from now on, or no more: for whoever asks for its readiness somewhere else. */
  send(port: number, ready: boolean): void {
    this.#ready.set(port, ready)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #probe(port: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#ready.set(port, await answersReady(port))
      await sleep(PROBE_MS)
    }
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const ports = [...this.#ready].filter(([, ready]) => ready).map(([port]) => port)
    const port = ports[this.#turn++ % Math.max(ports.length, 1)]
    if (port === undefined) {
      incoming.resume()
      outgoing.writeHead(503, { 'retry-after': '1' }).end('no instance is ready')
      return
    }
    const { method, url, headers } = incoming
    const upstream = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => outgoing.destroy())
      answer.pipe(outgoing)
    })
    upstream.on('error', () => {
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502).end('the instance closed the connection')
    })
    incoming.pipe(upstream)
  }
}

function answersReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/readyz', agent: false, timeout: 2000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(false))
  })
}
