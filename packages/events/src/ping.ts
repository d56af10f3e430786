import type { NatsConnection } from 'nats'
import { EventsUnavailable } from './event-errors.ts'
import { isConnected } from './is-connected.ts'
import { within } from './within.ts'

/**
 * For a health check: asks JetStream for its account. An answer means that the server is there and JetStream is on.
 *
 * @throws EventsUnavailable at once while the connection is down, else after `timeoutMs`
 */
export async function ping(connection: NatsConnection, timeoutMs: number): Promise<void> {
  if (!isConnected(connection)) throw new EventsUnavailable('NATS is not connected')
  let answer: unknown
  try {
    const manager = await connection.jetstreamManager({ timeout: timeoutMs, checkAPI: false })
    answer = await within(manager.getAccountInfo(), timeoutMs)
  } catch (error) {
    throw new EventsUnavailable('JetStream does not answer', { cause: error })
  }
  if (answer === undefined) throw new EventsUnavailable('JetStream does not answer')
}
