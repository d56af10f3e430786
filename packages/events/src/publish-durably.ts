import { ErrorCode, type NatsConnection, NatsError } from 'nats'
import { EventsUnavailable, MessageTooLarge, StreamFull, StreamMissing } from './event-errors.ts'

export interface PublishedMessage {
  readonly stream: string
  readonly sequence: number
  /** True when the stream held this message id already: as good as stored now. */
  readonly duplicate: boolean
}

/** Room for the headers, which count towards the server's limit. */
const HEADER_ROOM = 4096

/** JetStream's answers for a stream that is at a limit. */
const FULL = new Set([10077, 10023, 10047])

/**
 * Publishes a message and resolves after its PubAck. Every try carries the same message id, so a try whose answer was lost is not stored twice.
 * Several short tries instead of one long one: what is published while the connection is down is thrown away at the next dial.
 *
 * @param attemptTimeoutMs  for one try; `attempts` × this bounds the call
 * @throws MessageTooLarge, StreamFull, StreamMissing, EventsUnavailable
 */
export async function publishDurably(
  connection: NatsConnection,
  message: { subject: string; data: Uint8Array; messageId: string; attempts?: number; attemptTimeoutMs?: number },
): Promise<PublishedMessage> {
  const limit = (connection.info?.max_payload ?? 1_048_576) - HEADER_ROOM
  if (message.data.byteLength > limit)
    throw new MessageTooLarge(`message of ${message.data.byteLength} bytes, the limit is ${limit}`)
  const js = connection.jetstream({ timeout: message.attemptTimeoutMs ?? 1000 })
  const attempts = message.attempts ?? 4
  for (let attempt = 1; ; attempt += 1) {
    try {
      const ack = await js.publish(message.subject, message.data, {
        msgID: message.messageId,
        timeout: message.attemptTimeoutMs ?? 1000,
      })
      return { stream: ack.stream, sequence: ack.seq, duplicate: ack.duplicate }
    } catch (error) {
      const translated = translate(error)
      if (!(translated instanceof EventsUnavailable) || attempt === attempts || connection.isClosed()) throw translated
    }
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof NatsError)) return error
  if (FULL.has(error.api_error?.err_code ?? 0)) return new StreamFull('the stream is full', { cause: error })
  if (error.code === ErrorCode.MaxPayloadExceeded) return new MessageTooLarge('the message is too large', { cause: error })
  if (error.code === ErrorCode.NoResponders) return new StreamMissing('no stream listens to the subject', { cause: error })
  return new EventsUnavailable('JetStream did not answer', { cause: error })
}
