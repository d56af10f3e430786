import { setTimeout as sleep } from 'node:timers/promises'
import { type Consumer, type JsMsg, type NatsConnection, NatsError } from 'nats'
import { ensureConsumer } from './ensure-consumer.ts'
import { findStream } from './ensure-streams.ts'
import { ConsumerConflict, EventsUnavailable } from './event-errors.ts'
import { giveBack, handleMessage, type MessageHandler } from './handle-message.ts'
import { HeldMessages } from './held-messages.ts'
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
  /** Messages held at once, handled or waiting for it, twice the concurrency unless given, at most 100: what waits here is not worked on elsewhere. */
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
/** How long one request waits for messages. */
const PULL_MS = 5000
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
  const held = new HeldMessages(Math.min(HEARTBEAT_MS, ackWaitMs / 3))
  const work: Work = { held, inFlight, waiting: [], handle: (message) => handleMessage(message, handler, log) }
  const closed = new AbortController()
  // The client's own loop does not notice: it would wait on, and write to the console every few seconds.
  connection.closed().then(() => closed.abort())
  const ended = AbortSignal.any([signal, closed.signal])
  let failures = 0
  let said = ''
  while (!signal.aborted) {
    try {
      const consumer = await openConsumer(connection, options)
      await pullEach(consumer, { ...options, signal: ended }, work, () => {
        failures = 0
        said = ''
      })
    } catch (error) {
      const reason = reasonOf(error)
      // What lasts until somebody acts is said once.
      if (!(error instanceof ConsumerConflict))
        log.warn('consuming was interrupted, going on', { durable: options.durable, reason })
      else if (reason !== said) log.error('nothing is consumed until this is mended', { durable: options.durable, reason })
      said = reason
    }
    if (signal.aborted) break
    if (connection.isClosed()) throw new EventsUnavailable('the NATS connection is closed')
    failures += 1
    await sleep(Math.min(MAX_PAUSE_MS, 50 * 2 ** Math.min(failures, 6)), undefined, { signal }).catch(() => undefined)
    if (!signal.aborted)
      await options.onMissing().catch((error) => log.warn('the stream is missing', { reason: reasonOf(error) }))
  }
  for (const message of work.waiting.splice(0)) {
    held.delete(message)
    giveBack(message)
  }
  await within(Promise.all(inFlight), stopMs)
  held.abandon()
}

interface Work {
  readonly held: HeldMessages
  readonly inFlight: Set<Promise<void>>
  /** Held, and not begun: all handlers are busy. */
  readonly waiting: JsMsg[]
  readonly handle: (message: JsMsg) => Promise<void>
}

/** The consumer, made where it is missing. */
async function openConsumer(connection: NatsConnection, options: ConsumeOptions): Promise<Consumer> {
  const { durable, filterSubject, ackWaitMs = 30_000, maxAckPending = 64 } = options
  if (!isConnected(connection)) throw new EventsUnavailable('NATS is not connected')
  const manager = await connection.jetstreamManager({ timeout: REQUEST_TIMEOUT_MS, checkAPI: false })
  // A stream that went may have come back under another name.
  const stream = (await findStream(manager, filterSubject)) ?? options.stream
  await ensureConsumer(manager, stream, { durable, filterSubject, ackWaitMs, maxAckPending })
  return connection.jetstream({ timeout: REQUEST_TIMEOUT_MS }).consumers.get(stream, durable)
}

/**
 * Asks for as many messages as there is room for, and takes each out of the client's hands at once: what waits there is neither kept alive nor counted.
 * Ends with the signal; rejects when the consumer is gone.
 */
async function pullEach(consumer: Consumer, options: ConsumeOptions, work: Work, onMessage: () => void): Promise<void> {
  const { signal, concurrency = 8 } = options
  const most = Math.min(100, options.maxMessages ?? concurrency * 2)
  while (!signal.aborted) {
    const room = most - work.held.size
    // A request for each single message that is done would cost as much as the message.
    if (room < Math.ceil(most / 4)) {
      await oneDone(work.inFlight, signal)
      continue
    }
    const messages = await consumer.fetch({ max_messages: room, expires: PULL_MS })
    const stop = () => messages.stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (signal.aborted) messages.stop()
      for await (const message of messages) {
        onMessage()
        work.held.add(message)
        work.waiting.push(message)
        if (!signal.aborted) begin(work, concurrency, signal)
      }
    } finally {
      signal.removeEventListener('abort', stop)
      messages.stop()
    }
  }
}

function begin(work: Work, concurrency: number, signal: AbortSignal): void {
  const { held, inFlight, waiting } = work
  while (inFlight.size < concurrency && !signal.aborted) {
    const message = waiting.shift()
    if (message === undefined) return
    const handling = work.handle(message).finally(() => {
      held.delete(message)
      inFlight.delete(handling)
      begin(work, concurrency, signal)
    })
    inFlight.add(handling)
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
  if (error instanceof ConsumerConflict || error instanceof EventsUnavailable) return error.message
  return error instanceof Error ? error.name : 'unknown'
}
