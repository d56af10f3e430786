import { type Db, inTransaction, licenses, notifications, products, reading } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import { mailContent, type TemplateSettings } from '../mail-content.ts'
import { mailKindOf } from '../mail-reason.ts'
import { templateValuesOf } from '../template-values-of.ts'
import { composeMessage, type Sender, UnsafeHeader } from './compose-message.ts'
import { recordSurely } from './record-surely.ts'
import { MOST_MS, type SendOutcome, type SmtpSettings, sendMessage } from './send-message.ts'

export interface DeliverDeps {
  readonly db: Db
  readonly smtp: SmtpSettings
  readonly from: Sender
  readonly templates: string | undefined
  readonly locale: string
  /** A signed link to a license; `undefined` where there is no place for it to lead to. */
  readonly linkOf: (licenseId: string, now: Date) => string | undefined
  readonly log: Log
  readonly now: () => Date
  /** Name of this worker in its leases. */
  readonly owner: string
  /** Ends waiting for MySQL to record an outcome, and a mail that the server has not all of. */
  readonly signal: AbortSignal
  /** Mails that are being sent: whoever ends a process gives these time to be recorded. */
  readonly underway: Set<string>
  /** Told that a mail is sent again although the one before may have arrived. */
  readonly onMaybeTwice: () => void
}

/** What became of one try; `idle` when nothing was due. */
export type Delivery = { readonly kind: 'idle' | 'sent' | 'dead' } | Exclude<SendOutcome, { kind: 'sent' | 'refused' }>

type TriedAgain = Exclude<SendOutcome['kind'], 'sent' | 'refused'>

/** Longer than one mail may take with everything around it: whoever finds the lease over may take it for abandoned. */
const LEASE_MS = MOST_MS + 120_000
/** Then a mail ends: a server that never says what became of it would get it again for ever. */
const MOST_UNKNOWN = 3
/** Then whoever does not take a mail never will. The server being away is not counted: then all wait. */
const GIVE_UP_MS = 5 * 24 * 3_600_000

/**
 * Sends the mail that has waited longest. It is claimed in a short transaction, sent outside, and its outcome recorded. A crash between the server's yes and
 * that record is what no protocol rules out: the mail is found abandoned, sent again under the same Message-ID, and counted.
 */
export async function deliverNext(deps: DeliverDeps): Promise<Delivery> {
  const { db, now, owner, underway } = deps
  const at = now()
  const until = new Date(at.getTime() + LEASE_MS)
  const claimed = await inTransaction(db, (tx) => notifications.claimOne(tx, { owner, now: at, until }))
  if (claimed === undefined) return { kind: 'idle' }
  underway.add(claimed.notificationId)
  try {
    return await deliver(deps, claimed, until)
  } finally {
    underway.delete(claimed.notificationId)
  }
}

/** @param until  when the lease ends */
async function deliver(deps: DeliverDeps, claimed: notifications.ClaimedNotification, until: Date): Promise<Delivery> {
  const { log, now, owner } = deps
  const { notificationId, licenseId, attempts } = claimed
  const said = { notificationId, licenseId, mailReason: claimed.reason, attempts }
  const record = (work: Parameters<typeof recordSurely>[1]) => recordSurely(deps, work, until)
  const bury = async (reason: string, level: 'warn' | 'error'): Promise<Delivery> => {
    await record((tx) => notifications.bury(tx, notificationId, owner, reason))
    log[level]('a license was not mailed', { ...said, reason })
    return { kind: 'dead' }
  }
  const again = (state: 'failed' | 'sending', kind: TriedAgain, lastError: string) => {
    const nextAttemptAt = new Date(now().getTime() + backoffMs(attempts, kind))
    log.warn('a license could not be mailed, it is tried again', {
      ...said,
      nextAttemptAt,
      reason: lastError,
    })
    return record((tx) => notifications.postpone(tx, notificationId, owner, { state, nextAttemptAt, lastError }))
  }

  const perhaps = 'outcome unknown, perhaps delivered'
  // Also tries that ended with us, in a crash.
  if (claimed.maybeTwice >= MOST_UNKNOWN) return bury(perhaps, 'error')
  if (claimed.unsure) {
    deps.onMaybeTwice()
    log.warn('a mail is sent again although it may have arrived: its outcome is not known', said)
  }
  let message: Buffer | string
  try {
    message = await readMessage(deps, claimed)
  } catch (error) {
    // Nothing was sent: without this it would count as a mail that may have arrived.
    await again('failed', 'server', 'the license could not be read')
    throw error
  }
  if (typeof message === 'string') return bury(message, 'warn')
  const outcome = await sendMessage(deps.smtp, { from: deps.from.address, to: claimed.recipient }, message, deps.signal)
  if (outcome.kind === 'sent') {
    await record((tx) => notifications.markSent(tx, notificationId, now()))
    log.info('a license was mailed', said)
    return outcome
  }
  const tooLate = now().getTime() - claimed.createdAt.getTime() > GIVE_UP_MS
  if (outcome.kind === 'refused' || (outcome.kind === 'later' && tooLate)) return bury(outcome.reason, 'error')
  // This one, and those before.
  if (outcome.kind === 'unknown' && claimed.maybeTwice + 1 >= MOST_UNKNOWN) return bury(`${perhaps}: ${outcome.reason}`, 'error')
  await again(outcome.kind === 'unknown' ? 'sending' : 'failed', outcome.kind, outcome.reason)
  return outcome
}

/** The message, from what is true now; or why there is none to send. */
async function readMessage(deps: DeliverDeps, claimed: notifications.Notification): Promise<Buffer | string> {
  const { db, log, from, locale } = deps
  const license = await reading(() => licenses.findById(db, claimed.licenseId))
  if (license === undefined) return 'the license is gone'
  const { revokedAt, revokedReason = 'admin' } = license.state
  if (revokedAt !== undefined) return `the license is revoked: ${revokedReason}`
  const product = license.productId === undefined ? undefined : await reading(() => products.findById(db, license.productId ?? 0))
  const values = templateValuesOf(license, {
    locale,
    productName: product?.name,
    link: deps.linkOf(license.licenseId, deps.now()),
    sender: from.name ?? from.address,
  })
  const settings: TemplateSettings = {
    templates: deps.templates,
    locale,
    onProblem: (problem) => log.error('a mail template cannot be rendered, the plain text is sent instead', problem),
  }
  try {
    return await composeMessage({
      from,
      to: claimed.recipient,
      messageId: claimed.messageId,
      date: deps.now(),
      content: await mailContent(settings, mailKindOf(claimed.reason), values),
      attachment: { fileName: `${license.licenseId}.lic`, text: license.text },
    })
  } catch (error) {
    if (error instanceof UnsafeHeader) return error.message
    throw error
  }
}

/** Longer each time, with jitter; a server that is away is looked for at least every five minutes. */
function backoffMs(attempts: number, kind: TriedAgain): number {
  // Another worker may have it at once.
  if (kind === 'stopped') return 0
  const most = kind === 'server' ? 300_000 : 3_600_000
  return Math.round(Math.min(most, 5000 * 2 ** Math.min(attempts, 12)) * (0.5 + Math.random()))
}
