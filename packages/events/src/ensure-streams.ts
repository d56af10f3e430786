import {
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats'
import { EventsUnavailable } from './event-errors.ts'

export interface StreamOptions {
  readonly subjectLicenseIssued: string
  readonly subjectStripeWebhook: string
  /** `limits` lets several teams consume; `workqueue` admits one consumer and forgets message ids of consumed messages on a restart. */
  readonly licenseIssuedRetention: 'limits' | 'workqueue'
}

export interface StreamNames {
  readonly licenseIssuedStream: string
  readonly webhookStream: string
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** JetStream's answers to a stream that is there already, under this name or over this subject. */
const NAME_IN_USE = 10058
const SUBJECT_OVERLAP = 10065

/** Name of the stream of a subject: dots replaced by underscores. */
export function streamNameFor(subject: string): string {
  return subject.replaceAll('.', '_')
}

/**
 * Makes sure that both subjects have a stream. One that covers a subject already is used as it is, whatever its name and retention: a consumer
 * may have made it before we started. Several processes may do this at once.
 *
 * @throws EventsUnavailable when JetStream does not answer or does not allow it
 */
export async function ensureStreams(connection: NatsConnection, options: StreamOptions): Promise<StreamNames> {
  try {
    const manager = await connection.jetstreamManager({ timeout: 3000 })
    const issuedRetention = options.licenseIssuedRetention === 'limits' ? RetentionPolicy.Limits : RetentionPolicy.Workqueue
    return {
      webhookStream: await ensureStream(manager, options.subjectStripeWebhook, RetentionPolicy.Workqueue),
      licenseIssuedStream: await ensureStream(manager, options.subjectLicenseIssued, issuedRetention),
    }
  } catch (error) {
    throw new EventsUnavailable('JetStream streams cannot be looked up or created', { cause: error })
  }
}

async function ensureStream(manager: JetStreamManager, subject: string, retention: RetentionPolicy): Promise<string> {
  const existing = await streamOf(manager, subject)
  if (existing !== undefined) return existing
  try {
    const { config } = await manager.streams.add(configOf(subject, retention))
    return config.name
  } catch (error) {
    if (!(error instanceof NatsError) || ![NAME_IN_USE, SUBJECT_OVERLAP].includes(error.api_error?.err_code ?? 0)) throw error
    // Another process was faster.
    const winner = await streamOf(manager, subject)
    if (winner === undefined) throw error
    return winner
  }
}

async function streamOf(manager: JetStreamManager, subject: string): Promise<string | undefined> {
  try {
    return await manager.streams.find(subject)
  } catch (error) {
    if (error instanceof Error && error.message === 'no stream matches subject') return undefined
    throw error
  }
}

function configOf(subject: string, retention: RetentionPolicy): Partial<StreamConfig> & { name: string } {
  return {
    name: streamNameFor(subject),
    subjects: [subject],
    retention,
    storage: StorageType.File,
    // Refuse what does not fit, instead of dropping what was acknowledged.
    discard: DiscardPolicy.New,
    max_age: nanos(30 * DAY_MS),
    duplicate_window: nanos(DAY_MS),
    deny_delete: true,
    deny_purge: true,
  }
}
