import { type Selectable, sql } from 'kysely'
import { notificationColumns } from './columns.ts'
import { isAscii } from './is-ascii.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import type { NotificationsTable, Reader, Tx } from './schema.ts'

export type NotificationState = NotificationsTable['state']
export const notificationStates = ['queued', 'sending', 'sent', 'failed', 'dead'] as const satisfies readonly NotificationState[]

/** A mail about a license: at most one for each license and reason. */
export interface Notification {
  readonly notificationId: string
  readonly licenseId: string
  /** `purchase`, `renewal`, `maintenance:{end}` or `resend:{id}`. */
  readonly reason: string
  readonly recipient: string
  /** Of the mail, the same for every try: whoever gets it twice can see that. */
  readonly messageId: string
  readonly state: NotificationState
  readonly attempts: number
  /** Tries that followed one whose outcome nobody knows. */
  readonly maybeTwice: number
  readonly nextAttemptAt: Date | undefined
  readonly lastError: string | undefined
  readonly createdAt: Date
  readonly sentAt: Date | undefined
}

export type NewNotification = Pick<
  Notification,
  'notificationId' | 'licenseId' | 'reason' | 'recipient' | 'messageId' | 'createdAt'
> & {
  /** Why it can never be sent: then it is dead from the start. */
  readonly refusal?: string | undefined
}

/** Characters of the column; what is longer is only shown, and cut. */
const MOST_ERROR = 512

/** Adds a mail to send; false when there is one for this license and reason. */
export async function add(tx: Tx, notification: NewNotification): Promise<boolean> {
  const { notificationId, licenseId, reason, recipient, messageId, createdAt, refusal } = notification
  try {
    await tx
      .insertInto('notifications')
      .values({
        notification_id: notificationId,
        license_id: licenseId,
        reason,
        recipient,
        message_id: messageId,
        state: refusal === undefined ? 'queued' : 'dead',
        next_attempt_at: refusal === undefined ? createdAt : null,
        lease_owner: null,
        last_error: refusal?.slice(0, MOST_ERROR) ?? null,
        created_at: createdAt,
        sent_at: null,
      })
      .execute()
    return true
  } catch (error) {
    if (isDuplicateEntry(error)) return false
    throw error
  }
}

/** A mail that somebody is about to send. */
export interface ClaimedNotification extends Notification {
  /** The try before this one has an outcome that nobody knows: this may be the second of its kind that arrives. */
  readonly unsure: boolean
}

/** As long as there are few rows MySQL rather sorts them all, and locks them all: nobody else would find one. */
const inOrderOfDue = sql`/*+ INDEX(notifications notifications_due) */`

/**
 * Leases the mail that has waited longest. The transaction is short: claim, commit, and send outside. From then on the mail counts as sent perhaps, until its
 * outcome is recorded; whoever finds it abandoned sends it again, and that is counted.
 */
export async function claimOne(
  tx: Tx,
  lease: { owner: string; now: Date; until: Date },
): Promise<ClaimedNotification | undefined> {
  const row = await tx
    .selectFrom('notifications')
    .modifyFront(inOrderOfDue)
    .select(notificationColumns)
    .where('next_attempt_at', '<=', lease.now)
    .orderBy('next_attempt_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const unsure = row.state === 'sending'
  await tx
    .updateTable('notifications')
    .set((eb) => ({
      state: 'sending',
      attempts: eb('attempts', '+', 1),
      maybe_twice: eb('maybe_twice', '+', unsure ? 1 : 0),
      next_attempt_at: lease.until,
      lease_owner: lease.owner,
    }))
    .where('notification_id', '=', row.notification_id)
    .execute()
  return { ...toNotification(row), attempts: row.attempts + 1, maybeTwice: row.maybe_twice + (unsure ? 1 : 0), unsure }
}

/** The server has taken it, whoever holds the lease by now. */
export async function markSent(tx: Tx, notificationId: string, now: Date): Promise<void> {
  await tx
    .updateTable('notifications')
    .set({ state: 'sent', sent_at: now, next_attempt_at: null, lease_owner: null, last_error: null })
    .where('notification_id', '=', notificationId)
    .where('state', '!=', 'sent')
    .execute()
}

/**
 * It was not taken, or nobody knows (`sending`), and is tried again. Nothing changes when another has claimed it meanwhile.
 */
export async function postpone(
  tx: Tx,
  notificationId: string,
  owner: string,
  outcome: { state: 'failed' | 'sending'; nextAttemptAt: Date; lastError: string },
): Promise<void> {
  await tx
    .updateTable('notifications')
    .set({
      state: outcome.state,
      next_attempt_at: outcome.nextAttemptAt,
      lease_owner: null,
      last_error: outcome.lastError.slice(0, MOST_ERROR),
    })
    .where('notification_id', '=', notificationId)
    .where('lease_owner', '=', owner)
    .execute()
}

/** It will not be sent. Nothing changes when another has claimed it meanwhile. */
export async function bury(tx: Tx, notificationId: string, owner: string, lastError: string): Promise<void> {
  await tx
    .updateTable('notifications')
    .set({ state: 'dead', next_attempt_at: null, lease_owner: null, last_error: lastError.slice(0, MOST_ERROR) })
    .where('notification_id', '=', notificationId)
    .where('lease_owner', '=', owner)
    .execute()
}

/** What waits and what is dead, by state, and since when the oldest that waits does: what an alert watches. */
export async function backlog(
  db: Reader,
): Promise<{ counts: Record<'queued' | 'sending' | 'failed' | 'dead', number>; oldest: Date | undefined }> {
  const rows = await db
    .selectFrom('notifications')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count'), eb.fn.min('created_at').as('oldest')])
    .where('state', 'in', ['queued', 'sending', 'failed', 'dead'])
    .groupBy('state')
    .execute()
  const of = (state: NotificationState) => rows.find((row) => row.state === state)
  const count = (state: NotificationState) => Number(of(state)?.count ?? 0)
  const waiting = (['queued', 'sending', 'failed'] as const).flatMap((state) => of(state)?.oldest ?? [])
  return {
    counts: { queued: count('queued'), sending: count('sending'), failed: count('failed'), dead: count('dead') },
    oldest: waiting.toSorted((a, b) => a.getTime() - b.getTime())[0],
  }
}

/** Newest first. @param filter  exact */
export async function list(
  db: Reader,
  filter: { licenseId?: string | undefined; state?: NotificationState | undefined },
  limit: number,
): Promise<Notification[]> {
  let query = db.selectFrom('notifications').select(notificationColumns)
  if (filter.licenseId !== undefined) query = query.where('license_id', '=', isAscii(filter.licenseId) ? filter.licenseId : '')
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  const rows = await query.orderBy('created_at', 'desc').orderBy('notification_id', 'desc').limit(limit).execute()
  return rows.map(toNotification)
}

/** Since when mail is sent at all: noted by the first who asks, for ever. */
export async function startedAt(tx: Tx, now: Date): Promise<Date> {
  try {
    await tx.insertInto('notifier_start').values({ id: 1, started_at: now }).execute()
    return now
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
  const row = await tx.selectFrom('notifier_start').select('started_at').where('id', '=', 1).executeTakeFirstOrThrow()
  return row.started_at
}

function toNotification(row: Selectable<NotificationsTable>): Notification {
  return {
    notificationId: row.notification_id,
    licenseId: row.license_id,
    reason: row.reason,
    recipient: row.recipient,
    messageId: row.message_id,
    state: row.state,
    attempts: row.attempts,
    maybeTwice: row.maybe_twice,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    lastError: row.last_error ?? undefined,
    createdAt: row.created_at,
    sentAt: row.sent_at ?? undefined,
  }
}
