import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from 'nats'
import { EventsUnavailable } from './event-errors.ts'

/** Asks JetStream for its account: an answer means that the server is there and JetStream is on. @throws EventsUnavailable */
export async function ping(connection: NatsConnection, timeoutMs: number): Promise<void> {
  const asked = connection.jetstreamManager({ timeout: timeoutMs }).then((manager) => manager.getAccountInfo())
  const late = new AbortController()
  try {
    await Promise.race([
      asked,
      sleep(timeoutMs, undefined, { signal: late.signal }).then(() => {
        throw new Error('no answer')
      }),
    ])
  } catch (error) {
    throw new EventsUnavailable('JetStream does not answer', { cause: error })
  } finally {
    late.abort()
    asked.catch(() => undefined)
  }
}
