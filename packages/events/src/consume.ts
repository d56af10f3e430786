import { setTimeout as sleep } from 'node:timers/promises'
import { AckPolicy, type ConsumerMessages, type JsMsg, type NatsConnection, NatsError, nanos } from 'nats'
import { findStream } from './ensure-streams.ts'
import { EventsUnavailable } from './event-errors.ts'
import { giveBack, handleMessage, type MessageHandler } from './handle-message.ts'
import { isConnected } from './is-connected.ts'
import type { EventsLog } from './nats-link.ts'
import { within } from './within.ts'

export interface ConsumeOptions {
  readonly stream: string
  /** Consumers of the same durable name share the work. */
  readonly durable: string
  readonly filterSubject: string
  /** Without acknowledgement or sign of life for this long, a message is delivered again. 30 s unless given. */
  readonly ackWaitMs?: number
  /** Delivered and unacknowledged messages of all consumers of the durable together, 64 unless given. */
  readonly maxAckPending?: number
  /** Messages handled side by side, 8 unless given. */
  readonly concurrency?: number
  /** Messages fetched ahead, twice the concurrency unless given, at most 100: what waits here is not worked on elsewhere. */
  readonly maxMessages?: number
  /** Ends the loop: pulls no more and waits for what is in flight, up to `stopMs`. */
  readonly signal: AbortSignal
  /** 5 s unless given. */
  readonly stopMs?: number
  readonly log: EventsLog
  /** Called when stream or consumer may be gone, to make the stream again. Where it fails, it is called again. */
  readonly onMissing: () => Promise<void>
}

const HEARTBEAT_MS = 10_000
const MAX_PAUSE_MS = 2000
const REQUEST_TIMEOUT_MS = 3000

/**
 * Works off a durable pull consumer with explicit acknowledgement until the signal ends it; survives restarts of the server and makes a
 * consumer that was deleted again. A handler that throws gets the message back later, each time after a longer pause; how often is the
 * handler's to limit, by `deliveryCount`.
 *
 * Delivery is at least once: a message may come again although it was handled, and to another consumer at the same time.
 *
 * @throws EventsUnavailable when the connection is closed before the signal came
 */
export async function consume(connection: NatsConnection, options: ConsumeOptions, handler: MessageHandler): Promise<void> {
  const { signal, log, stopMs = 5000, ackWaitMs = 30_000 } = options
  const inFlight = new Set<Promise<void>>()
  const gone = new AbortController()
  const handling = { heartbeatMs: Math.min(HEARTBEAT_MS, ackWaitMs / 3), gone: gone.signal, log }
  let failures = 0
  while (!signal.aborted) {
    try {
      const messages = await pull(connection, options)
      await handleEach(messages, options, inFlight, (message) => {
        failures = 0
        return handleMessage(message, handler, handling)
      })
    } catch (error) {
      log.warn('consuming was interrupted, going on', { durable: options.durable, reason: reasonOf(error) })
    }
    if (signal.aborted) break
    if (connection.isClosed()) throw new EventsUnavailable('the NATS connection is closed')
    failures += 1
    await sleep(Math.min(MAX_PAUSE_MS, 50 * 2 ** Math.min(failures, 6)), undefined, { signal }).catch(() => undefined)
    if (!signal.aborted)
      await options.onMissing().catch((error) => log.warn('the stream is missing', { reason: reasonOf(error) }))
  }
  await within(Promise.all(inFlight), stopMs)
  gone.abort()
}

/** Starts pulling, from the consumer that is made where it is missing. */
async function pull(connection: NatsConnection, options: ConsumeOptions): Promise<ConsumerMessages> {
  const {
    durable,
    filterSubject,
    ackWaitMs = 30_000,
    maxAckPending = 64,
    concurrency = 8,
    maxMessages = concurrency * 2,
  } = options
  if (!isConnected(connection)) throw new EventsUnavailable('NATS is not connected')
  const manager = await connection.jetstreamManager({ timeout: REQUEST_TIMEOUT_MS, checkAPI: false })
  // A stream that went may have come back under another name.
  const stream = (await findStream(manager, filterSubject)) ?? options.stream
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: maxAckPending,
    max_deliver: -1,
    filter_subject: filterSubject,
  })
  const consumer = await connection.jetstream({ timeout: REQUEST_TIMEOUT_MS }).consumers.get(stream, durable)
  const messages = await consumer.consume({
    max_messages: Math.min(100, maxMessages),
    expires: 5000,
    abort_on_missing_resource: true,
  })
  // The client's own loop does not notice: it would wait for ever and write to the console every few seconds.
  connection.closed().then(() => messages.stop())
  return messages
}

async function handleEach(
  messages: ConsumerMessages,
  { signal, concurrency = 8 }: ConsumeOptions,
  inFlight: Set<Promise<void>>,
  handle: (message: JsMsg) => Promise<void>,
): Promise<void> {
  const stop = () => messages.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) messages.stop()
    for await (const message of messages) {
      // After the signal the client still yields what it fetched ahead.
      if (inFlight.size >= concurrency) await oneDone(inFlight, signal)
      if (signal.aborted) {
        giveBack(message)
        continue
      }
      const work = handle(message).finally(() => inFlight.delete(work))
      inFlight.add(work)
    }
  } finally {
    signal.removeEventListener('abort', stop)
    messages.stop()
  }
}

/** Resolves when one of the handlers is done, or with the signal: a handler that hangs must not hold up the end. */
function oneDone(inFlight: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const go = () => {
      signal.removeEventListener('abort', go)
      resolve()
    }
    signal.addEventListener('abort', go)
    Promise.race(inFlight).then(go, go)
  })
}

function reasonOf(error: unknown): string {
  if (error instanceof NatsError) return error.api_error?.description ?? error.message
  return error instanceof Error ? error.name : 'unknown'
}
