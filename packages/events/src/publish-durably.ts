import { ErrorCode, type NatsConnection, NatsError } from 'nats'
import { EventsUnavailable, MessageTooLarge, StreamFull, StreamMissing } from './event-errors.ts'
import { isConnected } from './is-connected.ts'

export interface PublishedMessage {
  readonly stream: string
  readonly sequence: number
  /** True when the stream held this message id already: as good as stored now. */
  readonly duplicate: boolean
}

export interface DurableMessage {
  readonly subject: string
  readonly data: Uint8Array
  /** `Nats-Msg-Id`: the stream stores one message per id within its duplicate window. */
  readonly messageId: string
  /** Tries, 4 unless given. */
  readonly attempts?: number
  /** For one try, 1 s unless given; `attempts` × this bounds the call. */
  readonly attemptTimeoutMs?: number
}

/** Room for the header block and the protocol, which count towards the server's limit. */
const HEADER_ROOM_BYTES = 4096
const DEFAULT_MAX_PAYLOAD_BYTES = 1_048_576

/** JetStream's answers for a stream, its storage or its account being at a limit. */
const FULL = new Set([10077, 10002, 10023, 10047])
/** JetStream's answer when the stream, a foreign one perhaps, allows less than the server. */
const EXCEEDS_STREAM_LIMIT = 10054

/**
 * Publishes a message and resolves after its PubAck. Every try carries the same message id, so a try whose answer was lost is not stored twice.
 * Several short tries instead of one long one, and none while the connection is down: what is published then is thrown away at the next dial.
 *
 * @throws MessageTooLarge before anything is sent, StreamFull, StreamMissing, or EventsUnavailable (the message may have been stored)
 */
export async function publishDurably(connection: NatsConnection, message: DurableMessage): Promise<PublishedMessage> {
  assertFits(connection, message)
  const timeoutMs = message.attemptTimeoutMs ?? 1000
  const js = connection.jetstream({ timeout: timeoutMs })
  for (let attemptsLeft = message.attempts ?? 4; ; ) {
    if (!isConnected(connection)) throw new EventsUnavailable('NATS is not connected')
    try {
      const ack = await js.publish(message.subject, message.data, { msgID: message.messageId, timeout: timeoutMs })
      return { stream: ack.stream, sequence: ack.seq, duplicate: ack.duplicate }
    } catch (error) {
      if (error instanceof NatsError && error.code === ErrorCode.PermissionsViolation)
        throw new EventsUnavailable(`NATS does not allow this user to publish to ${message.subject}`, { cause: error })
      const translated = translate(error)
      attemptsLeft -= 1
      if (!(translated instanceof EventsUnavailable) || attemptsLeft <= 0) throw translated
    }
  }
}

function assertFits(connection: NatsConnection, { data, messageId }: DurableMessage): void {
  const limit = (connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD_BYTES) - HEADER_ROOM_BYTES
  const size = data.byteLength + Buffer.byteLength(messageId)
  if (size > limit) throw new MessageTooLarge(`a message of ${size} bytes exceeds the limit of ${limit}`)
}

function translate(error: unknown): Error {
  if (!(error instanceof NatsError)) return new EventsUnavailable('JetStream did not answer', { cause: error })
  // JetStream's own refusals come with an error code; a plain 503 says that nobody listens to the subject.
  const code = error.api_error?.err_code
  if (code !== undefined && FULL.has(code)) return new StreamFull('the stream is full', { cause: error })
  if (code === EXCEEDS_STREAM_LIMIT || error.code === ErrorCode.MaxPayloadExceeded)
    return new MessageTooLarge('the message is too large for the stream', { cause: error })
  if (code === undefined && error.code === ErrorCode.NoResponders)
    return new StreamMissing('no stream listens to the subject', { cause: error })
  return new EventsUnavailable('JetStream did not answer', { cause: error })
}
