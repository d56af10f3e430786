import { reachOf, whyFailed } from '@licenseoperator/billing'
import type { Config } from '@licenseoperator/config'
import { inTransaction, notifications, reading } from '@licenseoperator/db'
import { isDomainError, type Log } from '@licenseoperator/domain'
import type { Metrics } from '@licenseoperator/http'
import { linkKeyOf, linkUrl, queueNotification, writeLink } from '@licenseoperator/mail'
import type { SmtpSettings } from '@licenseoperator/mail/sending'
import type { Connections } from '../connections.ts'
import { consumeWhenever } from '../consume-whenever.ts'
import { every, pause } from '../every.ts'
import { runDelivery } from './run-delivery.ts'

/** Name of the notifier's durable consumer; several notifiers share its work. */
const DURABLE = 'licenseoperator_notifier'
const BACKLOG_EVERY_MS = 10_000
/** What waits longer than this is worth waking somebody for; said once in as long. */
const ALARM_AFTER_MS = 600_000
const RETRY_MS = 2000
/** What is in flight is one short transaction. */
const STOP_QUEUEING_MS = 2000

interface NotifierOptions {
  readonly config: Config
  readonly log: Log
}

/** Where and how mail is sent; `undefined` where no mail is configured. */
export function mailSettings({ mail, server, internalAuth }: Config) {
  const { host, from } = mail
  if (host === undefined || from === undefined) return undefined
  const smtp: SmtpSettings = {
    host,
    port: mail.port,
    secure: mail.secure,
    user: mail.user,
    password: mail.password,
    tls: mail.tls,
  }
  const base = mail.linkBaseUrl ?? server.publicBaseUrl
  const key = linkKeyOf(internalAuth.jwtSecret.reveal())
  const linkOf = (licenseId: string, now: Date) => {
    if (base === undefined) return undefined
    const expiresAt = new Date(now.getTime() + mail.linkTtlMs)
    return linkUrl(base, writeLink(key, { licenseId, issuedAt: now, expiresAt }))
  }
  return { smtp, from, templates: mail.templates, locale: mail.locale, linkOf }
}

/** Writes down what the stream announces as mails to send, and sends what is due. Either goes on while the other's server is away. @param underway  mails that are being sent, for whoever ends the process */
export async function runNotifier(
  { config, log }: NotifierOptions,
  connections: Connections,
  metrics: Metrics,
  underway: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const settings = mailSettings(config)
  if (settings === undefined) return
  const { db } = connections.database
  const away = (error: unknown) => log.warn('the notifier waits', { reason: whyFailed(error, reachOf(config)) })
  const startedAt = await whenStarted(connections, signal, away)
  if (startedAt === undefined) return
  await Promise.all([
    queueing({ config, log }, connections, metrics, { startedAt, sender: settings.from.address }, signal),
    runDelivery({ db, ...settings, log, now: () => new Date(), signal, underway }, metrics, away),
    watching(connections, metrics, log, signal),
  ])
}

/** Noted before the consumer is made: what was bought before there was mail is not written about. */
async function whenStarted(
  { database }: Connections,
  signal: AbortSignal,
  onAway: (error: unknown) => void,
): Promise<Date | undefined> {
  while (!signal.aborted) {
    const now = new Date()
    try {
      return await inTransaction(database.db, (tx) => notifications.startedAt(tx, now))
    } catch (error) {
      if (!isDomainError(error, 'temporarily_unavailable')) throw error
      onAway(error)
      await pause(RETRY_MS, signal)
    }
  }
  return undefined
}

async function queueing(
  { config, log }: NotifierOptions,
  connections: Connections,
  metrics: Metrics,
  { startedAt, sender }: { startedAt: Date; sender: string },
  signal: AbortSignal,
): Promise<void> {
  const foreign = metrics.counter(
    'licenseoperator_announcements_foreign_total',
    'Announcements in the stream that this operator did not make: whoever sent them can publish to it',
  )
  const deps = {
    db: connections.database.db,
    sender,
    startedAt,
    log,
    now: () => new Date(),
    onForeign: () => foreign.inc({}),
  }
  await consumeWhenever(
    connections,
    {
      kind: 'licenseIssued',
      durable: DURABLE,
      filterSubject: config.nats.subjectLicenseIssued,
      stopMs: STOP_QUEUEING_MS,
      log,
      signal,
    },
    async ({ messageId, publishedAt }) => {
      await queueNotification(deps, { messageId, publishedAt })
      return { kind: 'done' }
    },
  )
}

function watching({ database }: Connections, metrics: Metrics, log: Log, signal: AbortSignal): Promise<void> {
  const stored = metrics.gauge('licenseoperator_mails', 'Mails that wait (queued, sending, failed) or will not be sent (dead)', [
    'state',
  ])
  const oldest = metrics.gauge('licenseoperator_mail_oldest_waiting_seconds', 'How long the mail that waits longest has waited')
  let saidAt = 0
  return every(
    BACKLOG_EVERY_MS,
    signal,
    async () => {
      const { counts, oldest: since } = await reading(() => notifications.backlog(database.db))
      for (const [state, count] of Object.entries(counts)) stored.set({ state }, count)
      const now = Date.now()
      const waitedMs = since === undefined ? 0 : now - since.getTime()
      oldest.set({}, waitedMs / 1000)
      if (waitedMs < ALARM_AFTER_MS || now - saidAt < ALARM_AFTER_MS) return 0
      saidAt = now
      log.error('mails wait', { ...counts, oldest: since })
      return 0
    },
    () => log.debug('the number of waiting mails is not known now'),
  )
}
