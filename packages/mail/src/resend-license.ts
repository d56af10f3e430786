import { audit, type Db, inTransaction, licenses, notifications, reading } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller, DomainError, newId, type Surface } from '@licenseoperator/domain'
import { addressRefusal } from './header-text.ts'
import { mailIdOf } from './queue-notification.ts'

export interface ResendDeps {
  readonly db: Db
  /** Address that mails come from; `undefined` where none are sent. */
  readonly sender: string | undefined
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  readonly now: () => Date
}

/** More than anybody asks for; what is older was sent long ago. */
const NEWEST = 50

/**
 * Mails a license once more, to the address it was sold to and no other. The notifier sends it; one that was asked for and waits is not asked for again.
 *
 * @returns the mail as it waits
 * @throws DomainError `forbidden`, `insufficient_scope`, `not_found`; `invalid_payload` for a license that is revoked or whose address cannot be written to, and
 *   where no mail is configured
 */
export async function resendLicense(deps: ResendDeps, caller: Caller, licenseId: string): Promise<notifications.Notification> {
  const { db, sender, requiredScopes, now } = deps
  assertSysadmin(caller)
  assertScope(caller, 'licenses:issue', requiredScopes)
  const license = await reading(() => licenses.findById(db, licenseId))
  if (license === undefined) throw new DomainError('not_found', 'license not found')
  if (sender === undefined) throw refused('no mail is configured: mail.host is not set')
  if (license.state.revokedAt !== undefined) throw refused('the license is revoked')
  const refusal = addressRefusal(license.email)
  if (refusal !== undefined) throw refused(refusal)
  const before = await reading(() => notifications.list(db, { licenseId }, NEWEST))
  const waiting = before.find(({ reason, nextAttemptAt }) => reason.startsWith('resend:') && nextAttemptAt !== undefined)
  if (waiting !== undefined) return waiting

  const notificationId = newId('notification')
  const at = now()
  const mail: notifications.NewNotification = {
    notificationId,
    licenseId,
    reason: `resend:${notificationId}`,
    recipient: license.email,
    messageId: mailIdOf(notificationId, sender),
    createdAt: at,
  }
  await inTransaction(db, async (tx) => {
    await notifications.add(tx, mail)
    await audit.record(tx, { at, caller, action: 'license.resent', subject: `license:${licenseId}`, after: { notificationId } })
  })
  const { messageId, reason, recipient } = mail
  return {
    ...{ notificationId, licenseId, reason, recipient, messageId },
    ...{ state: 'queued', attempts: 0, maybeTwice: 0, nextAttemptAt: at, lastError: undefined, createdAt: at, sentAt: undefined },
  }
}

function refused(reason: string): DomainError {
  return new DomainError('invalid_payload', `invalid request: ${reason}`, { field: 'licenseId' })
}
