import type { NatsConnection } from 'nats'

const interrupted = new WeakSet<NatsConnection>()

/**
 * True while the connection is up, as far as the client knows. A peer that is gone without a word is noticed after 20 s.
 *
 * Known from the first disconnect on for connections of this package; for others from the first dial after it, which forgets the server's info.
 */
export function isConnected(connection: NatsConnection): boolean {
  return !connection.isClosed() && connection.info !== undefined && !interrupted.has(connection)
}

/** Notes what the connection's status iterator said. */
export function markConnected(connection: NatsConnection, connected: boolean): void {
  if (connected) interrupted.delete(connection)
  else interrupted.add(connection)
}
