import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { networkOf, plainAddress, proxyList } from './client-address.ts'

export interface ConnectionBounds {
  /** Of all addresses together. */
  readonly total: number
  /** Of one address, or one IPv6 /64; 0 for no limit. */
  readonly perAddress: number
  /** Peers without a limit of their own, because many clients are behind them. */
  readonly trustedProxies: readonly string[]
}

/**
 * Keeps a flood of connections from shutting others out: where there are too many, the oldest on which nothing is asked makes way, of the same
 * address or, when all places are taken, of the address that has most. Only when every one is at work the new one is refused.
 *
 * @param isIdle  true while nothing is asked on a connection
 */
export function boundConnections(server: Server, bounds: ConnectionBounds, isIdle: (socket: Socket) => boolean): void {
  const isProxy = proxyList(bounds.trustedProxies)
  /** By network; in each, the one that was longest unused first. */
  const networks = new Map<string, Set<Socket>>()
  let total = 0

  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '')
    const network = networkOf(address)
    const sockets = networks.get(network) ?? new Set<Socket>()
    const limited = bounds.perAddress > 0 && !isProxy(address)
    const crowded = limited && sockets.size >= bounds.perAddress && !closeIdle([sockets])
    const full = !crowded && total >= bounds.total && !closeIdle(mostFirst())
    if (crowded || full) {
      socket.destroy()
      return
    }
    networks.set(network, sockets.add(socket))
    total += 1
    socket.once('close', () => leave(network, sockets, socket))
  })
  server.on('request', ({ socket }) => {
    const sockets = networks.get(networkOf(plainAddress(socket.remoteAddress ?? '')))
    // Used just now: the last to make way.
    if (sockets?.delete(socket) === true) sockets.add(socket)
  })

  function closeIdle(candidates: Iterable<Set<Socket>>): boolean {
    for (const sockets of candidates) {
      for (const socket of sockets) {
        if (socket.destroyed || !isIdle(socket)) continue
        socket.destroy()
        return true
      }
    }
    return false
  }

  function mostFirst(): Set<Socket>[] {
    return [...networks.values()].sort((a, b) => b.size - a.size)
  }

  function leave(network: string, sockets: Set<Socket>, socket: Socket): void {
    if (sockets.delete(socket)) total -= 1
    if (sockets.size === 0 && networks.get(network) === sockets) networks.delete(network)
  }
}
