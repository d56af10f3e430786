import { shown } from '@licenseoperator/domain'
import { type Selectable, sql } from 'kysely'
import { stripeEventColumns } from './columns.ts'
import { shownAscii } from './is-ascii.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import type { Reader, StripeEventsTable, Tx } from './schema.ts'

/** Characters of the columns; both are only shown. */
const REASON = 1000
const API_VERSION = 255

export type EventStatus = StripeEventsTable['status']

export interface StoredEvent {
  readonly eventId: string
  readonly type: string
  readonly apiVersion: string | undefined
  readonly status: EventStatus
  readonly reason: string | undefined
  readonly attempts: number
  /** The raw body, byte for byte as Stripe signed it. */
  readonly payload: Buffer
  readonly receivedAt: Date
  /** Header `Stripe-Signature` of the payload; absent where the event was fetched from Stripe's API. */
  readonly signature: string | undefined
  /** Nobody vouches for these bytes: they are evidence, and what is done comes from Stripe's API. */
  readonly unverified: boolean
}

export interface ArrivedEvent {
  readonly eventId: string
  readonly type: string
  readonly apiVersion: string | undefined
  readonly payload: Uint8Array
  readonly receivedAt: Date
  readonly signature?: string | undefined
}

/** Keeps an event that JetStream could not take; false when it is here already, which is as good. */
export async function receive(tx: Tx, event: ArrivedEvent): Promise<boolean> {
  try {
    await tx.insertInto('stripe_events').values(newRow(event, 'received')).execute()
    return true
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
  const { numUpdatedRows } = await tx
    .updateTable('stripe_events')
    .set({ status: 'received', reason: null, next_attempt_at: event.receivedAt, settled_at: null, ...replacingUnverified(event) })
    .where('event_id', '=', event.eventId)
    .where('unverified', '=', 1)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/**
 * Puts a message aside that nobody vouches for, as evidence. What is known of the event from Stripe stays as it is: whoever made the message may have
 * given it the id of an event that is on its way.
 *
 * @returns false when the event itself is here, in bytes that are Stripe's
 */
export async function refuse(tx: Tx, event: ArrivedEvent, reason: string, now: Date): Promise<boolean> {
  const parked = { status: 'parked' as const, reason: reason.slice(0, 1000), next_attempt_at: null, settled_at: now }
  try {
    await tx
      .insertInto('stripe_events')
      .values({ ...newRow(event, 'parked'), ...parked, attempts: 1, unverified: 1 })
      .execute()
    return true
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
  await tx
    .updateTable('stripe_events')
    .set(parked)
    .where('event_id', '=', event.eventId)
    .where('unverified', '=', 1)
    .where('status', 'in', ['received', 'parked'])
    .execute()
  const row = await tx.selectFrom('stripe_events').select('unverified').where('event_id', '=', event.eventId).executeTakeFirst()
  return row?.unverified === 1
}

/** Puts a stored event aside whose bytes turned out to be nobody's: they are not processed, and give way to the event when it comes. */
export async function distrust(tx: Tx, eventId: string, reason: string, now: Date): Promise<void> {
  await tx
    .updateTable('stripe_events')
    .set({ status: 'parked', reason: reason.slice(0, 1000), next_attempt_at: null, settled_at: now, unverified: 1 })
    .where('event_id', '=', eventId)
    .where('status', 'in', ['received', 'parked'])
    .execute()
}

/**
 * Keeps an event that cannot be processed yet, with the reason, until the sweeper takes it. Leaves one alone that was done meanwhile.
 *
 * @param againAt  when it is tried again
 */
export async function postpone(tx: Tx, event: ArrivedEvent, reason: string, againAt: Date): Promise<void> {
  const waiting = { reason: shown(reason, REASON), next_attempt_at: againAt }
  try {
    await tx
      .insertInto('stripe_events')
      .values({ ...newRow(event, 'received'), ...waiting })
      .execute()
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
    await tx
      .updateTable('stripe_events')
      .set({ status: 'received', settled_at: null, ...waiting, ...replacingUnverified(event) })
      .where('event_id', '=', event.eventId)
      .where((eb) => eb.or([eb('status', '=', 'received'), eb('unverified', '=', 1)]))
      .execute()
  }
}

/**
 * Marks an event as done, in the transaction that does what it asks for. The row's key makes a second delivery wait for the first and then
 * see it done.
 *
 * @returns false when it was done before: the caller does nothing more
 */
export async function markAs(
  tx: Tx,
  event: ArrivedEvent,
  status: 'processed' | 'ignored',
  now: Date,
  why?: string,
): Promise<boolean> {
  const reason = why === undefined ? null : shown(why, REASON)
  try {
    await tx
      .insertInto('stripe_events')
      .values({ ...newRow(event, status), reason, attempts: 1, next_attempt_at: null, settled_at: now })
      .execute()
    return true
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
  const { numUpdatedRows } = await tx
    .updateTable('stripe_events')
    .set((eb) => ({
      status,
      reason,
      attempts: eb('attempts', '+', 1),
      next_attempt_at: null,
      settled_at: now,
      ...replacingUnverified(event),
    }))
    .where('event_id', '=', event.eventId)
    .where((eb) => eb.or([eb('status', 'in', ['received', 'parked']), eb('unverified', '=', 1)]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Puts an event aside with the reason why it cannot be processed. Never overwrites one that has been processed meanwhile. */
export async function park(tx: Tx, event: ArrivedEvent, reason: string, now: Date): Promise<void> {
  const parked = { status: 'parked' as const, reason: shown(reason, REASON), next_attempt_at: null, settled_at: now }
  try {
    await tx
      .insertInto('stripe_events')
      .values({ ...newRow(event, 'parked'), ...parked, attempts: 1 })
      .execute()
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
    await tx
      .updateTable('stripe_events')
      .set((eb) => ({ ...parked, attempts: eb('attempts', '+', 1), ...replacingUnverified(event) }))
      .where('event_id', '=', event.eventId)
      .where((eb) => eb.or([eb('status', 'in', ['received', 'parked']), eb('unverified', '=', 1)]))
      .execute()
  }
}

/**
 * Takes events that wait in MySQL and are due, oldest first, and moves their next attempt into the future, so that no second sweeper works
 * on them at the same time and a crash only delays them.
 */
export async function claimDue(tx: Tx, now: Date, againAt: Date, limit: number): Promise<StoredEvent[]> {
  const rows = await tx
    .selectFrom('stripe_events')
    .select(stripeEventColumns)
    .where('status', '=', 'received')
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.event_id)
  await tx
    .updateTable('stripe_events')
    .set((eb) => ({ next_attempt_at: againAt, attempts: eb('attempts', '+', 1) }))
    .where('event_id', 'in', ids)
    .execute()
  return rows.map(toEvent)
}

export async function find(db: Reader, eventId: string): Promise<StoredEvent | undefined> {
  const row = await db.selectFrom('stripe_events').select(stripeEventColumns).where('event_id', '=', eventId).executeTakeFirst()
  return row && toEvent(row)
}

/** Which events a list is about. */
export interface EventFilter {
  readonly status: EventStatus
  readonly type?: string | undefined
  /** Only those that nobody vouches for, or only the others; absent: all. */
  readonly unverified?: boolean | undefined
}

/** What a list says of an event: everything but its payload. */
export type ListedEvent = Omit<StoredEvent, 'payload' | 'signature' | 'unverified'>

/** Newest first. */
export async function list(db: Reader, { status, type, unverified }: EventFilter, limit: number): Promise<ListedEvent[]> {
  let query = db
    .selectFrom('stripe_events')
    .select(['event_id', 'type', 'api_version', 'status', 'reason', 'attempts', 'received_at'])
    .where('status', '=', status)
  if (type !== undefined) query = query.where('type', '=', type)
  if (unverified !== undefined) query = query.where('unverified', '=', unverified ? 1 : 0)
  const rows = await query.orderBy('received_at', 'desc').orderBy('event_id', 'desc').limit(limit).execute()
  return rows.map((row) => ({
    eventId: row.event_id,
    type: row.type,
    apiVersion: row.api_version ?? undefined,
    status: row.status,
    reason: row.reason ?? undefined,
    attempts: row.attempts,
    receivedAt: row.received_at,
  }))
}

/** The status of those events that are known from Stripe; what only an unverified message tells of is not. @param eventIds  at most a few hundred */
export async function statusesOf(db: Reader, eventIds: readonly string[]): Promise<Map<string, EventStatus>> {
  if (eventIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('stripe_events')
    .select(['event_id', 'status'])
    .where('event_id', 'in', eventIds)
    .where('unverified', '=', 0)
    .execute()
  return new Map(rows.map((row) => [row.event_id, row.status]))
}

/**
 * Makes an event wait to be processed, whatever became of it before. Processing again is safe: what it did is found by its keys.
 *
 * @param againAt  when the sweeper takes it, should whoever reopened it not do the work themselves
 * @returns false when nobody knows it
 */
export async function reopen(tx: Tx, eventId: string, againAt: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('stripe_events')
    .set({ status: 'received', next_attempt_at: againAt, settled_at: null })
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** How the reason of an event begins that an operator has put aside. */
const DISCARDED = 'discarded: '

/** Puts an event that waits or is parked aside for good, with an operator's reason; false when it is neither. */
export async function discard(tx: Tx, eventId: string, reason: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('stripe_events')
    .set({ status: 'ignored', reason: shown(`${DISCARDED}${reason}`, REASON), next_attempt_at: null, settled_at: now })
    .where('event_id', '=', eventId)
    .where('status', 'in', ['received', 'parked'])
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** What an operator said when discarding one of these events; `undefined` when none was. @param eventIds  at most a few */
export async function discardedOf(db: Reader, eventIds: readonly string[]): Promise<string | undefined> {
  const row = await db
    .selectFrom('stripe_events')
    .select('reason')
    .where('event_id', 'in', eventIds)
    .where('unverified', '=', 0)
    .where('status', '=', 'ignored')
    .where('reason', 'like', `${DISCARDED}%`)
    .executeTakeFirst()
  return row?.reason ?? undefined
}

/** How many events are open: what an alert watches. Cheap however many are done. */
export async function countOpen(db: Reader): Promise<Record<'received' | 'parked', number>> {
  const rows = await db
    .selectFrom('stripe_events')
    .select((eb) => ['status' as const, eb.fn.countAll<number>().as('count')])
    .where('status', 'in', ['received', 'parked'])
    .groupBy('status')
    .execute()
  const countOf = (status: EventStatus) => Number(rows.find((row) => row.status === status)?.count ?? 0)
  return { received: countOf('received'), parked: countOf('parked') }
}

/** How many messages are put aside as evidence because nobody vouches for them. */
export async function countRefused(db: Reader): Promise<number> {
  const { count } = await db
    .selectFrom('stripe_events')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('status', '=', 'parked')
    .where('unverified', '=', 1)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** How many events are in each status, for metrics and `status` output. */
export async function countByStatus(db: Reader): Promise<Record<EventStatus, number>> {
  const rows = await db
    .selectFrom('stripe_events')
    .select((eb) => ['status' as const, eb.fn.countAll<number>().as('count')])
    .groupBy('status')
    .execute()
  const counts = { received: 0, processed: 0, ignored: 0, parked: 0 }
  for (const row of rows) counts[row.status] = Number(row.count)
  return counts
}

function newRow(event: ArrivedEvent, status: EventStatus) {
  return {
    event_id: event.eventId,
    type: event.type,
    api_version: event.apiVersion === undefined ? null : shownAscii(event.apiVersion, API_VERSION),
    status,
    payload: Buffer.from(event.payload),
    received_at: event.receivedAt,
    next_attempt_at: event.receivedAt,
    settled_at: null,
    reason: null,
    signature: event.signature?.slice(0, MAX_SIGNATURE) ?? null,
    unverified: 0,
  }
}

/** Of the width of the column, and longer than any header that a server of ours takes. One that is cut verifies nothing: Stripe is asked instead. */
const MAX_SIGNATURE = 16_384

/** Lets Stripe's own event take the place of an unverified message that came under its id; `unverified` is last because MySQL assigns from left to right. */
function replacingUnverified(event: ArrivedEvent) {
  const { type, apiVersion = null, signature = null } = event
  return {
    type: sql<string>`IF(unverified, ${type}, type)`,
    api_version: sql<string | null>`IF(unverified, ${apiVersion}, api_version)`,
    payload: sql<Buffer>`IF(unverified, ${Buffer.from(event.payload)}, payload)`,
    received_at: sql<Date>`IF(unverified, ${event.receivedAt}, received_at)`,
    signature: sql<string | null>`IF(unverified, ${signature?.slice(0, MAX_SIGNATURE) ?? null}, signature)`,
    unverified: 0,
  }
}

function toEvent(row: Selectable<StripeEventsTable>): StoredEvent {
  return {
    eventId: row.event_id,
    type: row.type,
    apiVersion: row.api_version ?? undefined,
    status: row.status,
    reason: row.reason ?? undefined,
    attempts: row.attempts,
    payload: row.payload,
    receivedAt: row.received_at,
    signature: row.signature ?? undefined,
    unverified: row.unverified === 1,
  }
}
