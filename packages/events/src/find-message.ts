import { AckPolicy, DeliverPolicy, type JetStreamManager, type NatsConnection, NatsError, nanos, RetentionPolicy } from 'nats'
import { EventsUnavailable } from './event-errors.ts'
import { isConnected } from './is-connected.ts'

export interface MessageQuery {
  readonly stream: string
  readonly subject: string
  readonly messageId: string
  /** Nothing that was stored before this is read, give or take the difference of the clocks. */
  readonly since: Date
  /** Messages read at most, a million unless given. */
  readonly limit?: number
}

const MESSAGE_ID = 'Nats-Msg-Id'
/** `since` comes from our clock, the time of storing from the server's. */
const CLOCK_SKEW_MS = 5 * 60_000
const BATCH = 500
const BATCH_TIMEOUT_MS = 3000
const NO_MESSAGE = 10037

/**
 * Looks through a stream for a message id: for messages older than the stream's duplicate window, whose ids JetStream has forgotten. Reads one
 * header per message stored since then, so it is for the rare case only.
 *
 * On a work-queue stream only what nobody has consumed yet can be found; `false` says less there.
 *
 * @returns whether the message is there
 * @throws EventsUnavailable when that cannot be told: no answer, or more than `limit` messages
 */
export async function findMessage(connection: NatsConnection, query: MessageQuery): Promise<boolean> {
  if (!isConnected(connection)) throw new EventsUnavailable('NATS is not connected')
  try {
    const manager = await connection.jetstreamManager({ timeout: BATCH_TIMEOUT_MS, checkAPI: false })
    const { config, state } = await manager.streams.info(query.stream)
    if (config.retention === RetentionPolicy.Workqueue) return await findOneByOne(manager, query, state.first_seq)
    return await findByConsumer(connection, manager, query)
  } catch (error) {
    if (error instanceof EventsUnavailable) throw error
    throw new EventsUnavailable('the stream cannot be looked through', { cause: error })
  }
}

async function findByConsumer(connection: NatsConnection, manager: JetStreamManager, query: MessageQuery): Promise<boolean> {
  const { name, num_pending: stored } = await manager.consumers.add(query.stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(query.since.getTime() - CLOCK_SKEW_MS).toISOString(),
    filter_subject: query.subject,
    headers_only: true,
    mem_storage: true,
    inactive_threshold: nanos(30_000),
  })
  try {
    assertWithin(stored, query)
    const consumer = await connection.jetstream({ timeout: BATCH_TIMEOUT_MS }).consumers.get(query.stream, name)
    for (let left = stored; left > 0; ) {
      const batch = await consumer.fetch({ max_messages: Math.min(BATCH, left), expires: BATCH_TIMEOUT_MS })
      let found = false
      let seen = 0
      for await (const message of batch) {
        seen += 1
        found ||= message.headers?.get(MESSAGE_ID) === query.messageId
      }
      if (found) return true
      // Not to have seen a message is no proof that it is absent.
      if (seen === 0) throw new EventsUnavailable('JetStream did not hand out the messages')
      left -= seen
    }
    return false
  } finally {
    await manager.consumers.delete(query.stream, name).catch(() => undefined)
  }
}

/** A work queue admits no second consumer, but single messages can be read. */
async function findOneByOne(manager: JetStreamManager, query: MessageQuery, firstSequence: number): Promise<boolean> {
  for (let sequence = Math.max(1, firstSequence), read = 0; ; read += 1) {
    assertWithin(read, query)
    try {
      // The first message of the subject from this sequence on; the client's type knows only `seq`.
      const next = { seq: sequence, next_by_subj: query.subject }
      const message = await manager.streams.getMessage(query.stream, next)
      if (message.header.get(MESSAGE_ID) === query.messageId) return true
      sequence = message.seq + 1
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return false
      throw error
    }
  }
}

function assertWithin(messages: number, { limit = 1_000_000 }: MessageQuery): void {
  if (messages > limit) throw new EventsUnavailable(`more than ${limit} messages to look through`)
}
