import { setTimeout as sleep } from 'node:timers/promises'
import { AckPolicy, type ConsumerMessages, type JsMsg, type NatsConnection, NatsError, nanos } from 'nats'
import type { EventsLog } from './nats-link.ts'

export interface ConsumedMessage {
  readonly data: Uint8Array
  /** `Nats-Msg-Id`, empty when the publisher gave none. */
  readonly messageId: string
  /** 1 for the first delivery. */
  readonly deliveryCount: number
  readonly streamSequence: number
  readonly publishedAt: Date
}

export type HandlerResult = { readonly kind: 'done' } | { readonly kind: 'retry'; readonly afterMs: number }

export interface ConsumeOptions {
  readonly stream: string
  readonly durable: string
  readonly filterSubject: string
  /** Unacknowledged for this long, a message is delivered again. */
  readonly ackWaitMs?: number
  readonly maxAckPending?: number
  /** Messages handled side by side. */
  readonly concurrency?: number
  /** Ends the loop: pulls no more and waits for what is in flight, up to `stopMs`. */
  readonly signal: AbortSignal
  readonly stopMs?: number
  readonly log: EventsLog
  /** Called when stream or consumer are gone, to make the stream again. */
  readonly onMissing: () => Promise<void>
}

const HEARTBEAT_MS = 10_000
const MAX_RETRY_MS = 60_000

/**
 * Works off a durable pull consumer with explicit acknowledgement until the signal ends it; survives restarts of the server and makes a
 * consumer that was deleted again. A handler that throws gets the message back later; how often is the handler's to limit, by
 * `deliveryCount`.
 *
 * Delivery is at least once: a message may come again although it was handled, and to another consumer at the same time.
 */
export async function consume(
  connection: NatsConnection,
  options: ConsumeOptions,
  handler: (message: ConsumedMessage) => Promise<HandlerResult>,
): Promise<void> {
  const inFlight = new Set<Promise<void>>()
  for (let failures = 0; !options.signal.aborted; ) {
    try {
      await pull(connection, options, handler, inFlight)
      failures = 0
    } catch (error) {
      failures += 1
      options.log.warn('the consumer was interrupted, trying again', {
        code: error instanceof NatsError ? error.code : 'unknown',
      })
      await sleep(Math.min(2000, 100 * 2 ** Math.min(failures, 5)), undefined, { signal: options.signal }).catch(() => undefined)
      await options.onMissing().catch(() => undefined)
    }
  }
  await Promise.race([Promise.all(inFlight), sleep(options.stopMs ?? 5000, undefined, { ref: false })])
}

async function pull(
  connection: NatsConnection,
  options: ConsumeOptions,
  handler: (message: ConsumedMessage) => Promise<HandlerResult>,
  inFlight: Set<Promise<void>>,
): Promise<void> {
  const concurrency = options.concurrency ?? 8
  await ensureConsumer(connection, options)
  const consumer = await connection.jetstream({ timeout: 3000 }).consumers.get(options.stream, options.durable)
  const messages = await consumer.consume({
    max_messages: Math.min(100, concurrency * 2),
    expires: 5000,
    abort_on_missing_resource: true,
  })
  const stop = () => messages.stop()
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    if (options.signal.aborted) messages.stop()
    await handleEach(messages, concurrency, inFlight, (message) => handleOne(message, handler, options))
  } finally {
    options.signal.removeEventListener('abort', stop)
    messages.stop()
  }
}

async function handleEach(
  messages: ConsumerMessages,
  concurrency: number,
  inFlight: Set<Promise<void>>,
  handle: (message: JsMsg) => Promise<void>,
): Promise<void> {
  for await (const message of messages) {
    const work = handle(message).finally(() => inFlight.delete(work))
    inFlight.add(work)
    if (inFlight.size >= concurrency) await Promise.race(inFlight)
  }
}

async function handleOne(
  message: JsMsg,
  handler: (message: ConsumedMessage) => Promise<HandlerResult>,
  options: ConsumeOptions,
): Promise<void> {
  const working = setInterval(() => message.working(), HEARTBEAT_MS)
  const deliveryCount = message.info.deliveryCount
  try {
    const result = await handler({
      data: message.data,
      messageId: message.headers?.get('Nats-Msg-Id') ?? '',
      deliveryCount,
      streamSequence: message.seq,
      publishedAt: new Date(message.info.timestampNanos / 1_000_000),
    })
    if (result.kind === 'done') await message.ackAck()
    else message.nak(jittered(result.afterMs))
  } catch (error) {
    // A lost acknowledgement or a failed handler: the message comes again either way, and the handler is idempotent.
    options.log.warn('a message comes again', { reason: error instanceof Error ? error.name : 'unknown', deliveryCount })
    message.nak(jittered(Math.min(MAX_RETRY_MS, 250 * 2 ** Math.min(deliveryCount, 8))))
  } finally {
    clearInterval(working)
  }
}

/** Messages that failed together should not come back together. */
function jittered(delayMs: number): number {
  return Math.round(delayMs * (0.5 + Math.random()))
}

async function ensureConsumer(connection: NatsConnection, options: ConsumeOptions): Promise<void> {
  const manager = await connection.jetstreamManager({ timeout: 3000 })
  await manager.consumers.add(options.stream, {
    durable_name: options.durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(options.ackWaitMs ?? 30_000),
    max_ack_pending: options.maxAckPending ?? 64,
    max_deliver: -1,
    filter_subject: options.filterSubject,
  })
}
