import type { NatsConnection } from 'nats'
import { type IndexedSubject, MessageIndex } from './message-index.ts'

export interface MessageQuery extends IndexedSubject {
  readonly messageId: string
  /** Nothing that was stored before this is read, give or take the difference of the clocks. */
  readonly since: Date
}

/**
 * Looks through a stream for one message id. Whoever asks more than once keeps a `MessageIndex`, which reads each message once.
 *
 * @returns whether the message is there
 * @throws EventsUnavailable when that cannot be told: no answer, or more than `limit` messages
 */
export function findMessage(connection: NatsConnection, query: MessageQuery): Promise<boolean> {
  return new MessageIndex(query).has(connection, query.messageId, query.since)
}
