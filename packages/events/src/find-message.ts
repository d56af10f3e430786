import { DeliverPolicy, type NatsConnection } from 'nats'

/** Header by which JetStream recognises a message. */
const MESSAGE_ID = 'Nats-Msg-Id'

/**
 * Looks through a stream for a message id: for messages older than the stream's duplicate window, whose ids JetStream has forgotten.
 *
 * @param since  nothing before this is read
 * @param limit  messages read at most; more than that in one message's life would be no license business
 */
export async function findMessage(
  connection: NatsConnection,
  query: { stream: string; subject: string; messageId: string; since: Date; limit?: number },
): Promise<boolean> {
  const js = connection.jetstream({ timeout: 3000 })
  const consumer = await js.consumers.get(query.stream, {
    filterSubjects: query.subject,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: query.since.toISOString(),
    headers_only: true,
  })
  let left = query.limit ?? 1_000_000
  while (left > 0) {
    const batch = await consumer.fetch({ max_messages: Math.min(500, left), expires: 1000 })
    let seen = 0
    for await (const message of batch) {
      seen += 1
      if (message.headers?.get(MESSAGE_ID) === query.messageId) return true
      if (message.info.pending === 0) return false
    }
    if (seen === 0) return false
    left -= seen
  }
  return false
}
