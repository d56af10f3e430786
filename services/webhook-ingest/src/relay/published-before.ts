import { findMessage, MessageIndex } from '@licenseoperator/events'
import type { Connections } from '../connections.ts'
import type { RelayDeps } from './run-relay.ts'

/**
 * Whether the stream of announcements holds a message id, for messages older than its duplicate window. One index for the life of the relay: a batch of old
 * rows that walked the stream once each would outlive its lease.
 *
 * @param subject  that announcements have now
 */
export function publishedBefore(connections: Pick<Connections, 'stream' | 'nats'>, subject: string): RelayDeps['isPublished'] {
  let index: MessageIndex | undefined
  return async (message) => {
    const stream = await connections.stream('licenseIssued', 1000)
    const connection = await connections.nats.ready(1000)
    // One that was announced under another subject, before the configuration changed, is looked for by itself.
    if (message.subject !== subject) return findMessage(connection, { stream, ...message })
    index ??= new MessageIndex({ stream, subject })
    return index.has(connection, message.messageId, message.since)
  }
}
