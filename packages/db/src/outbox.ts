import { isDuplicateEntry } from './mysql-error.ts'
import type { Reader, Tx } from './schema.ts'

export interface OutboxMessage {
  readonly id: number
  readonly messageId: string
  readonly subject: string
  readonly payload: Buffer
  /** Since when the stream may hold it: when what it announces was paid, or came about. */
  readonly createdAt: Date
  readonly attempts: number
}

/**
 * Adds an announcement to the transaction of the fact it announces. Its message id is unique: what is announced already is not announced again.
 *
 * @param since  since when the stream may hold it, not later than now
 */
export async function add(
  tx: Tx,
  message: { messageId: string; subject: string; payload: Uint8Array },
  since: Date,
): Promise<void> {
  const row = {
    message_id: message.messageId,
    subject: message.subject,
    payload: Buffer.from(message.payload),
    created_at: since,
    lease_owner: null,
    leased_until: null,
    published_at: null,
  }
  try {
    await tx.insertInto('outbox').values(row).execute()
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
}

/**
 * Keeps an announcement back: its license was revoked when it was made, so nobody is told that it was bought. See `releaseWithheld`.
 *
 * @param since  as of `add`
 */
export async function withhold(
  tx: Tx,
  licenseId: string,
  message: { messageId: string; subject: string; payload: Uint8Array },
  since: Date,
): Promise<void> {
  const { messageId, subject, payload } = message
  const row = { license_id: licenseId, message_id: messageId, subject, payload: Buffer.from(payload), created_at: since }
  await tx.insertInto('withheld_announcements').values(row).execute()
}

/** Announces a license that was revoked when it was made and is good now; one that was announced already is not announced again. */
export async function releaseWithheld(tx: Tx, licenseId: string): Promise<void> {
  const held = await tx
    .selectFrom('withheld_announcements')
    .select(['message_id', 'subject', 'payload', 'created_at'])
    .where('license_id', '=', licenseId)
    .executeTakeFirst()
  if (held === undefined) return
  await add(tx, { messageId: held.message_id, subject: held.subject, payload: held.payload }, held.created_at)
  await tx.deleteFrom('withheld_announcements').where('license_id', '=', licenseId).execute()
}

/**
 * Leases unpublished messages, oldest first. The transaction is short: claim, commit, and publish outside, because row locks held during
 * a network call would block every insert into the outbox. A crashed relay's lease runs out by itself.
 */
export async function claim(tx: Tx, lease: { owner: string; now: Date; until: Date; limit: number }): Promise<OutboxMessage[]> {
  const rows = await tx
    .selectFrom('outbox')
    .select(['id', 'message_id', 'subject', 'payload', 'created_at', 'attempts'])
    .where('published_at', 'is', null)
    .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<', lease.now)]))
    .orderBy('id')
    .limit(lease.limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (rows.length === 0) return []
  await tx
    .updateTable('outbox')
    .set((eb) => ({ lease_owner: lease.owner, leased_until: lease.until, attempts: eb('attempts', '+', 1) }))
    .where(
      'id',
      'in',
      rows.map((row) => row.id),
    )
    .execute()
  return rows.map((row) => ({
    id: row.id,
    messageId: row.message_id,
    subject: row.subject,
    payload: row.payload,
    createdAt: row.created_at,
    attempts: row.attempts + 1,
  }))
}

/** After the PubAck, whoever holds the lease by now: a message that is in the stream is published. */
export async function markPublished(tx: Tx, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('outbox')
    .set({ published_at: now, lease_owner: null, leased_until: null })
    .where('id', 'in', ids)
    .where('published_at', 'is', null)
    .execute()
}

/** The broker refused or did not answer: free for the next try from `notBefore` on. */
export async function postpone(tx: Tx, ids: readonly number[], owner: string, notBefore: Date): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('outbox')
    .set({ leased_until: notBefore })
    .where('id', 'in', ids)
    .where('lease_owner', '=', owner)
    .where('published_at', 'is', null)
    .execute()
}

/** Number of messages that wait, and the age of the oldest: what an alert watches. */
export async function backlog(db: Reader): Promise<{ count: number; oldest: Date | undefined }> {
  const row = await db
    .selectFrom('outbox')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('created_at').as('oldest')])
    .where('published_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { count: Number(row.count), oldest: row.oldest ?? undefined }
}
