import { type Db, inTransaction, licenses, notifications, outbox, reading } from '@licenseoperator/db'
import { type Log, newId } from '@licenseoperator/domain'
import { LicenseIssued } from '@licenseoperator/events'
import { addressRefusal } from './header-text.ts'
import { mailReasonOf } from './mail-reason.ts'

export interface QueueDeps {
  readonly db: Db
  /** Address that mails come from: its domain is in their ids. */
  readonly sender: string
  /** Since when mail is sent: what was announced before is not written about. */
  readonly startedAt: Date
  readonly log: Log
  readonly now: () => Date
  /** Told of an announcement that MySQL does not know: whoever made it can publish to the stream. */
  readonly onForeign: () => void
}

/**
 * An announcement of the stream becomes a mail to send: one for each license and reason, however often and to how many it comes.
 *
 * The stream is a hint and no authority: whoever may publish to it can write anything. What counts is the announcement of that id in MySQL, and the license's
 * own row.
 *
 * @returns what became of it
 */
export async function queueNotification(
  deps: QueueDeps,
  { messageId, publishedAt }: { readonly messageId: string; readonly publishedAt: Date },
): Promise<'queued' | 'already' | 'before mail' | 'foreign' | 'dead'> {
  const { db, log } = deps
  const announced = await reading(() => outbox.findByMessageId(db, messageId))
  const event = announced && eventOf(announced.payload)
  const license = event && (await reading(() => licenses.findById(db, event.licenseId)))
  if (announced === undefined || event === undefined || license === undefined) {
    deps.onForeign()
    log.error('an announcement that this operator did not make: who else can publish to the stream?', { messageId })
    return 'foreign'
  }
  // Not when it was paid: what was paid before and is announced only now nobody has heard of.
  if (publishedAt < deps.startedAt) {
    log.info('a license was announced before there was mail: it is not written about', { licenseId: license.licenseId })
    return 'before mail'
  }
  const notificationId = newId('notification')
  const refusal = addressRefusal(license.email)
  const isNew = await inTransaction(db, (tx) =>
    notifications.add(tx, {
      notificationId,
      licenseId: license.licenseId,
      reason: mailReasonOf(event),
      recipient: license.email,
      messageId: mailIdOf(notificationId, deps.sender),
      createdAt: deps.now(),
      refusal,
    }),
  )
  if (!isNew) return 'already'
  if (refusal === undefined) return 'queued'
  log.error('a license cannot be mailed', { licenseId: license.licenseId, notificationId, reason: refusal })
  return 'dead'
}

/** `Message-ID` of a mail: made with its row, and the same for every try. */
export function mailIdOf(notificationId: string, sender: string): string {
  return `<${notificationId}@${sender.replace(/^.*@/, '')}>`
}

function eventOf(payload: Uint8Array): LicenseIssued | undefined {
  try {
    return LicenseIssued.parse(JSON.parse(new TextDecoder().decode(payload)))
  } catch {
    // Of another subject than ours, or of a release that announces something else.
    return undefined
  }
}
