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
  /** Copies of a stream that is made, 1 unless given. */
  readonly replicas?: number | undefined
}

/** Which of the two streams. */
export type StreamKind = 'webhook' | 'licenseIssued'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How long a stream knows the ids of its messages: one that comes again within it is stored once. */
export const DUPLICATE_WINDOW_MS = DAY_MS

/** JetStream's answers to a stream that is there already, under this name or over this subject. */
const NAME_IN_USE = 10058
const SUBJECT_OVERLAP = 10065

/** Name of the stream of a subject: dots replaced by underscores. */
export function streamNameFor(subject: string): string {
  return subject.replaceAll('.', '_')
}

/**
 * Makes sure that one of the two subjects has a stream: a role that works with one may not be allowed to make the other. One that covers the
 * subject already is used as it is, whatever its name and retention: a consumer may have made it before we started. Several processes may do
 * this at once.
 *
 * @returns its name
 * @throws EventsUnavailable when JetStream does not answer or does not allow it
 */
export async function ensureStream(connection: NatsConnection, options: StreamOptions, kind: StreamKind): Promise<string> {
  const subject = kind === 'webhook' ? options.subjectStripeWebhook : options.subjectLicenseIssued
  const manyConsume = kind === 'licenseIssued' && options.licenseIssuedRetention === 'limits'
  const config = {
    ...configOf(subject, manyConsume ? RetentionPolicy.Limits : RetentionPolicy.Workqueue, connection.info?.max_payload),
    num_replicas: options.replicas ?? 1,
  }
  try {
    return await findOrMake(await connection.jetstreamManager({ timeout: 3000, checkAPI: false }), config)
  } catch (error) {
    if (error instanceof EventsUnavailable) throw error
    const why = error instanceof NatsError ? `: ${error.api_error?.description ?? error.message}` : ''
    throw new EventsUnavailable(`the JetStream stream of ${subject} cannot be looked up or made${why}`, { cause: error })
  }
}

type NewStream = Partial<StreamConfig> & { readonly name: string; readonly subjects: [string] }

async function findOrMake(manager: JetStreamManager, config: NewStream): Promise<string> {
  const [subject] = config.subjects
  const existing = await findStream(manager, subject)
  if (existing !== undefined) return existing
  try {
    await manager.streams.add(config)
    return config.name
  } catch (error) {
    if (!(error instanceof NatsError) || ![NAME_IN_USE, SUBJECT_OVERLAP].includes(error.api_error?.err_code ?? 0)) throw error
    // Another process was faster.
    const winner = await findStream(manager, subject)
    if (winner !== undefined) return winner
    throw new EventsUnavailable(`no stream can be made for ${subject}: ${error.message}`, { cause: error })
  }
}

/** Name of the stream that covers a subject, under whatever name it was made. */
export async function findStream(manager: JetStreamManager, subject: string): Promise<string | undefined> {
  try {
    return await manager.streams.find(subject)
  } catch (error) {
    if (error instanceof Error && error.message === 'no stream matches subject') return undefined
    throw error
  }
}

function configOf(subject: string, retention: RetentionPolicy, maxMessageBytes: number | undefined): NewStream {
  return {
    name: streamNameFor(subject),
    subjects: [subject],
    retention,
    storage: StorageType.File,
    // Refuse what does not fit, instead of dropping what was acknowledged.
    discard: DiscardPolicy.New,
    max_age: nanos(30 * DAY_MS),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    ...(maxMessageBytes === undefined ? {} : { max_msg_size: maxMessageBytes }),
    deny_delete: true,
    deny_purge: true,
  }
}
