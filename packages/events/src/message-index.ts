import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  RetentionPolicy,
  type StreamInfo,
} from 'nats'
import { EventsUnavailable } from './event-errors.ts'
import { isConnected } from './is-connected.ts'

export interface IndexedSubject {
  readonly stream: string
  readonly subject: string
  /** Messages read at most, a million unless given. */
  readonly limit?: number | undefined
}

const MESSAGE_ID = 'Nats-Msg-Id'
/** `since` comes from our clock, the time of storing from the server's. */
const CLOCK_SKEW_MS = 5 * 60_000
const BATCH = 500
const BATCH_TIMEOUT_MS = 3000
const NO_MESSAGE = 10037

/**
 * Which message ids a stream holds, for messages older than its duplicate window, whose ids JetStream has forgotten and does not index. The headers of
 * each message are read once: a later question reads only what came since, and those that are asked at the same time share one look.
 *
 * On a work-queue stream only what nobody has consumed yet can be found; `false` says less there.
 */
export class MessageIndex {
  readonly #where: IndexedSubject
  readonly #ids = new Set<string>()
  /** The index holds what was stored from this instant on; nothing yet while it is undefined. */
  #since: number | undefined
  /** Where the first look begins. */
  #start = 0
  /** First sequence that was not read. */
  #next = 1
  /** A stream that was made anew counts from 1 again. */
  #created = ''
  #running: Promise<void> = Promise.resolve()
  #planned: { since: number; done: Promise<void> } | undefined

  constructor(where: IndexedSubject) {
    this.#where = where
  }

  /**
   * @param since  nothing that was stored before this is looked at, give or take the difference of the clocks
   * @throws EventsUnavailable when it cannot be told: no answer, or more messages than the limit
   */
  async has(connection: NatsConnection, messageId: string, since: Date): Promise<boolean> {
    await this.#look(connection, since.getTime() - CLOCK_SKEW_MS)
    return this.#ids.has(messageId)
  }

  /** A look that is under way may have passed what its caller asks for; the next one has not, and serves all who wait. */
  #look(connection: NatsConnection, since: number): Promise<void> {
    if (this.#planned !== undefined) {
      this.#planned.since = Math.min(this.#planned.since, since)
      return this.#planned.done
    }
    const before = this.#running.catch(() => undefined)
    const planned = { since, done: before.then(() => this.#begin(connection)) }
    this.#planned = planned
    this.#running = planned.done
    return planned.done
  }

  async #begin(connection: NatsConnection): Promise<void> {
    const since = this.#planned?.since ?? 0
    this.#planned = undefined
    if (!isConnected(connection)) throw new EventsUnavailable('NATS is not connected')
    try {
      const manager = await connection.jetstreamManager({ timeout: BATCH_TIMEOUT_MS, checkAPI: false })
      const info = await manager.streams.info(this.#where.stream)
      this.#prepare(info, since)
      if (info.state.last_seq < this.#next) return
      if (info.config.retention === RetentionPolicy.Workqueue) await this.#readOneByOne(manager, info.state.first_seq)
      else await this.#readByConsumer(connection, manager)
      this.#since ??= since
      this.#next = Math.max(this.#next, info.state.last_seq + 1)
    } catch (error) {
      if (error instanceof EventsUnavailable) throw error
      throw new EventsUnavailable('the stream cannot be looked through', { cause: error })
    }
  }

  /** Starts over where the index holds too little, or another stream's messages. */
  #prepare({ created }: StreamInfo, since: number): void {
    if (created === this.#created && (this.#since ?? Number.POSITIVE_INFINITY) <= since) return
    this.#ids.clear()
    this.#since = undefined
    this.#next = 1
    this.#created = created
    this.#start = since
  }

  async #readByConsumer(connection: NatsConnection, manager: JetStreamManager): Promise<void> {
    const { stream, subject } = this.#where
    const from: Partial<ConsumerConfig> =
      this.#since === undefined
        ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(this.#start).toISOString() }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.#next }
    const { name, num_pending: stored } = await manager.consumers.add(stream, {
      ...from,
      ack_policy: AckPolicy.None,
      filter_subject: subject,
      headers_only: true,
      mem_storage: true,
      inactive_threshold: nanos(30_000),
    })
    try {
      this.#assertWithin(stored)
      const consumer = await connection.jetstream({ timeout: BATCH_TIMEOUT_MS }).consumers.get(stream, name)
      for (let left = stored; left > 0; ) left -= await this.#readBatch(consumer, left)
    } finally {
      await manager.consumers.delete(stream, name).catch(() => undefined)
    }
  }

  async #readBatch(consumer: Consumer, left: number): Promise<number> {
    const batch = await consumer.fetch({ max_messages: Math.min(BATCH, left), expires: BATCH_TIMEOUT_MS })
    let seen = 0
    for await (const message of batch) {
      seen += 1
      this.#add(message.headers?.get(MESSAGE_ID), message.seq)
    }
    // Not to have seen a message is no proof that it is absent.
    if (seen === 0) throw new EventsUnavailable('JetStream did not hand out the messages')
    return seen
  }

  /** A work queue admits no second consumer, but single messages can be read. */
  async #readOneByOne(manager: JetStreamManager, firstSequence: number): Promise<void> {
    const { stream, subject } = this.#where
    for (let sequence = Math.max(this.#next, firstSequence, 1), read = 1; ; read += 1) {
      this.#assertWithin(read)
      try {
        // The first message of the subject from this sequence on; the client's type knows only `seq`.
        const next = { seq: sequence, next_by_subj: subject }
        const message = await manager.streams.getMessage(stream, next)
        this.#add(message.header.get(MESSAGE_ID), message.seq)
        sequence = message.seq + 1
      } catch (error) {
        if (error instanceof NatsError && error.api_error?.err_code === NO_MESSAGE) return
        throw error
      }
    }
  }

  #add(messageId: string | undefined, sequence: number): void {
    if (messageId) this.#ids.add(messageId)
    this.#next = Math.max(this.#next, sequence + 1)
  }

  #assertWithin(more: number): void {
    const { limit = 1_000_000 } = this.#where
    if (this.#ids.size + more > limit) throw new EventsUnavailable(`more than ${limit} messages to look through`)
  }
}
