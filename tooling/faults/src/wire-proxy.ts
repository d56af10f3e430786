import { connect, createServer, type Server, type Socket } from 'node:net'

export interface Tripwire {
  /** Which way the bytes go: from the client to the server, or back. */
  readonly direction: 'to-server' | 'to-client'
  readonly pattern: string
  /** Called once, before the bytes are passed on; they are then held back for ever. */
  readonly action: () => void
}

/**
 * A TCP proxy that can act at the moment certain bytes pass: a crash point on the wire, without a line of test code in the product.
 */
export class WireProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #tripwire: Tripwire | undefined
  #fired = false

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(target: { host: string; port: number }): Promise<WireProxy> {
    const server = createServer()
    const proxy = new WireProxy(server)
    server.on('connection', (client) => proxy.#join(client, connect(target)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** True once the tripwire has acted: a fault that did not happen proves nothing. */
  get fired(): boolean {
    return this.#fired
  }

  arm(tripwire: Tripwire): void {
    this.#tripwire = tripwire
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, server: Socket): void {
    this.#pass('to-server', client, server)
    this.#pass('to-client', server, client)
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
      socket.on('error', () => socket.destroy())
    }
  }

  #pass(direction: Tripwire['direction'], from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      if (this.#trips(direction, chunk)) from.pause()
      else to.write(chunk)
    })
  }

  #trips(direction: Tripwire['direction'], chunk: Buffer): boolean {
    const tripwire = this.#tripwire
    if (tripwire === undefined || tripwire.direction !== direction || !chunk.includes(tripwire.pattern)) return false
    this.#tripwire = undefined
    this.#fired = true
    tripwire.action()
    return true
  }
}
