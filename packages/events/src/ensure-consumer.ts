import { AckPolicy, type ConsumerConfig, type JetStreamManager, NatsError, nanos } from 'nats'
import { ConsumerConflict } from './event-errors.ts'

export interface DurableOptions {
  readonly durable: string
  readonly filterSubject: string
  readonly ackWaitMs: number
  readonly maxAckPending: number
}

/** JetStream's answers to a consumer of that name with other options. */
const EXISTS_DIFFERENTLY = new Set([10013, 10105, 10148])

/**
 * Makes sure of a durable pull consumer with explicit acknowledgement. One that exists with other options, of an older release or of somebody's hand, is
 * brought to these.
 *
 * @throws ConsumerConflict when that cannot be done to it, e.g. because it acknowledges differently; what JetStream throws otherwise
 */
export async function ensureConsumer(manager: JetStreamManager, stream: string, options: DurableOptions): Promise<void> {
  const { durable, filterSubject, ackWaitMs, maxAckPending } = options
  const changeable = {
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: maxAckPending,
    max_deliver: -1,
    filter_subject: filterSubject,
  }
  const wanted: Partial<ConsumerConfig> = { durable_name: durable, ack_policy: AckPolicy.Explicit, ...changeable }
  try {
    await manager.consumers.add(stream, wanted)
    return
  } catch (error) {
    if (!(error instanceof NatsError) || !EXISTS_DIFFERENTLY.has(error.api_error?.err_code ?? 0)) throw error
  }
  const { config } = await manager.consumers.info(stream, durable)
  const conflict = conflictOf(config)
  if (conflict !== undefined) throw new ConsumerConflict(inTheWay(stream, durable, conflict))
  try {
    // What we don't ask for stays as it is: JetStream refuses to change it.
    await manager.consumers.update(stream, durable, { ...config, ...changeable, backoff: [] })
  } catch (error) {
    if (!(error instanceof NatsError) || error.api_error === undefined) throw error
    throw new ConsumerConflict(inTheWay(stream, durable, error.api_error.description), { cause: error })
  }
}

function conflictOf(config: ConsumerConfig): string | undefined {
  if (config.deliver_subject !== undefined) return 'it pushes its messages'
  if (config.ack_policy !== AckPolicy.Explicit) return `its ack policy is ${config.ack_policy}, not explicit`
  return undefined
}

function inTheWay(stream: string, durable: string, why: string): string {
  return `the consumer ${durable} of the stream ${stream} cannot be used: ${why}. Delete it, and it is made anew`
}
