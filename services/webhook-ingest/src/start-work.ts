import { type EventOutcome, reachOf, type WorkerDeps, webhookHandler } from '@licenseoperator/billing'
import type { Config } from '@licenseoperator/config'
import { outbox, reading, stripeEvents } from '@licenseoperator/db'
import { type Log, newId } from '@licenseoperator/domain'
import type { Metrics } from '@licenseoperator/http'
import type { KeyRing } from '@licenseoperator/signing'
import { createStripe } from '@licenseoperator/stripe'
import type { Connections, IngestRole } from './connections.ts'
import { consumeWhenever } from './consume-whenever.ts'
import { every, finishedBy } from './every.ts'
import { runNotifier } from './notifier/run-notifier.ts'
import { runSweeps } from './processor/run-processor.ts'
import { runReconcile } from './processor/run-reconcile.ts'
import { publishedBefore } from './relay/published-before.ts'
import { runRelay } from './relay/run-relay.ts'

/** Name of the processor's durable consumer; several processors share its work. */
const DURABLE = 'licenseoperator_processor'
const BACKLOG_EVERY_MS = 10_000
/** With the second or two that closing connections can take, a worker is gone five seconds after it was told to stop. */
const STOP_WORK_MS = 2500
/** Besides, for a mail that is underway: its server is given seven seconds to answer, and MySQL one to hear of it. */
const STOP_MAIL_MS = 5500

export interface WorkOptions {
  readonly config: Config
  readonly keys: KeyRing
  readonly roles: readonly IngestRole[]
  readonly log: Log
}

/**
 * Starts processor, relay and notifier where asked for.
 *
 * @returns promises that resolve once each has stopped, or a few seconds after the signal: what waits for a server that hangs is left behind, as in a
 *          crash, which every step survives
 */
export function startWork(
  options: WorkOptions,
  connections: Connections,
  metrics: Metrics,
  signal: AbortSignal,
): Promise<unknown>[] {
  const { roles, log } = options
  const mailsUnderway = new Set<string>()
  return [
    ...(roles.includes('processor') ? [runProcessor(options, connections, metrics, signal)] : []),
    ...(roles.includes('relay') ? [startRelay(options, connections, metrics, signal)] : []),
    ...(roles.includes('notifier') ? [runNotifier(options, connections, metrics, mailsUnderway, signal)] : []),
  ].map(async (work) => {
    if (await finishedBy(work, signal, STOP_WORK_MS)) return
    if (mailsUnderway.size > 0 && (await finishedBy(work, signal, STOP_MAIL_MS))) return
    log.warn('stopped without waiting for work that does not end')
  })
}

async function runProcessor({ config, keys, log }: WorkOptions, connections: Connections, metrics: Metrics, signal: AbortSignal) {
  const outcomes = metrics.counter('licenseoperator_events_total', 'Stripe events by outcome of a try', ['outcome'])
  const onOutcome = (outcome: EventOutcome) => outcomes.inc({ outcome: outcome.kind })
  const refused = metrics.counter(
    'licenseoperator_messages_refused_total',
    "Messages of the webhook stream that are no event of Stripe's: whoever sent them can publish to it",
    ['refusal'],
  )
  const deps: WorkerDeps = {
    db: connections.database.db,
    stripe: createStripe({ apiKey: config.stripe.apiKey.reveal(), apiBase: config.stripe.apiBase }),
    keys,
    subjectLicenseIssued: config.nats.subjectLicenseIssued,
    policy: config.licensePolicy,
    reach: reachOf(config),
    publicBaseUrl: config.server.publicBaseUrl,
    log,
    now: () => new Date(),
    webhookSecrets: config.stripe.webhookSecrets.map((secret) => secret.reveal()),
    onRefused: (refusal) => refused.inc({ refusal }),
  }
  // What waits in MySQL is processed meanwhile, by the sweeps.
  const consuming = consumeWhenever(
    connections,
    {
      kind: 'webhook',
      durable: DURABLE,
      filterSubject: config.nats.subjectStripeWebhook,
      stopMs: STOP_WORK_MS,
      log,
      signal,
    },
    webhookHandler(deps, onOutcome),
  )
  const agree = metrics.gauge(
    'licenseoperator_books_agree',
    "1 when the last reconciliation found Stripe's books and ours in agreement, 0 when not",
  )
  const stored = metrics.gauge(
    'licenseoperator_events_stored',
    'Stripe events that wait in MySQL (received) or cannot be served (parked)',
    ['status'],
  )
  const watching = every(
    BACKLOG_EVERY_MS,
    signal,
    async () => {
      const counts = await reading(() => stripeEvents.countOpen(deps.db))
      for (const [status, count] of Object.entries(counts)) stored.set({ status }, count)
      return 0
    },
    () => log.debug('the number of stored events is not known now'),
  )
  await Promise.all([
    consuming,
    runSweeps(deps, onOutcome, signal),
    runReconcile(deps, config.reconcile, (agrees) => agree.set({}, agrees ? 1 : 0), signal),
    watching,
  ])
}

async function startRelay({ config, log }: WorkOptions, connections: Connections, metrics: Metrics, signal: AbortSignal) {
  const { db } = connections.database
  const unpublished = metrics.gauge('licenseoperator_outbox_unpublished', 'Announcements that wait to be published')
  const relaying = runRelay(
    {
      db,
      publish: (message) => connections.publish(message),
      isPublished: publishedBefore(connections, config.nats.subjectLicenseIssued),
      reach: reachOf(config),
      log,
      now: () => new Date(),
      owner: newId('relay'),
    },
    signal,
  )
  const watching = every(
    BACKLOG_EVERY_MS,
    signal,
    async () => {
      unpublished.set({}, (await reading(() => outbox.backlog(db))).count)
      return 0
    },
    () => log.debug('the size of the outbox is not known now'),
  )
  // NATS may come later than we do; those who subscribe find the stream from then on.
  await Promise.all([relaying, watching, connections.streamWhenever('licenseIssued', signal, log)])
}
