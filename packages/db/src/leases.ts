import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError, newId } from '@licenseoperator/domain'
import { sql } from 'kysely'
import type { LeaseName } from './lease-names.ts'
import type { Db, Tx } from './schema.ts'
import { inTransaction } from './transaction.ts'

// Leases: work that one instance does at a time (catalog sync, scheduled reconcile). A lease is a row with an owner and an end; a crashed
// owner's runs out by itself. Ends are reckoned on MySQL's clock, so that instances whose clocks differ agree.
//
// A lease keeps two instances from doing the same work twice; it is no proof of being alone: an owner that was paused for longer than its
// lease meets its successor. Work under a lease is therefore safe to repeat, and looks at `signal` between its steps.
//
// Callers use `withLease`; `acquire`, `renew` and `release` are what it is made of.

export interface LeaseOptions {
  /** Who waits, and how long a crashed owner blocks the others. */
  readonly ttlMs?: number
  /** How long to wait for another owner; 0 gives up at once. */
  readonly waitMs: number
  /** Called once when another owner has it and we are going to wait. */
  readonly onWait?: () => void
}

/** What became of the work: `held: false` when another owner had the lease until the waiting time was over; then nothing ran. */
export type Leased<T> = { readonly held: true; readonly value: T } | { readonly held: false }

const TTL_MS = 30_000
const POLL_MS = 250

/**
 * Runs `work` while we hold the lease: waits for it, renews it every third of its time, gives it back whatever happens.
 *
 * @param work  gets a signal that aborts when the lease was lost (MySQL away for longer than the lease, or the process paused)
 * @throws DomainError `temporarily_unavailable` when MySQL is away; what `work` throws
 */
export async function withLease<T>(
  db: Db,
  name: LeaseName,
  options: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Leased<T>> {
  const ttlMs = options.ttlMs ?? TTL_MS
  const owner = newId('leaseOwner')
  if (!(await acquireWithin(db, name, owner, ttlMs, options))) return { held: false }
  const lost = new AbortController()
  const done = new AbortController()
  const renewing = keepRenewing(db, name, owner, ttlMs, done.signal).catch((reason: unknown) => lost.abort(reason))
  try {
    return { held: true, value: await work(lost.signal) }
  } finally {
    done.abort()
    await renewing
    // A lease that cannot be given back now runs out by itself; that must not hide the work's outcome.
    await inTransaction(db, (tx) => release(tx, name, owner)).catch(() => undefined)
  }
}

/** Takes the lease when nobody has it, its time is over, or it is ours; false when another owner has it. */
export async function acquire(tx: Tx, name: LeaseName, owner: string, ttlMs: number): Promise<boolean> {
  await tx
    .insertInto('leases')
    .values({ name, owner: '', expires_at: sql<Date>`UTC_TIMESTAMP(3)` })
    .onDuplicateKeyUpdate({ name })
    .execute()
  const { numUpdatedRows } = await tx
    .updateTable('leases')
    .set({ owner, expires_at: after(ttlMs) })
    .where('name', '=', name)
    .where((eb) => eb.or([eb('owner', '=', owner), eb('expires_at', '<=', sql<Date>`UTC_TIMESTAMP(3)`)]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Moves the end of our lease; false when it is not ours any more. A lease that ran out and that nobody took is still ours. */
export async function renew(tx: Tx, name: LeaseName, owner: string, ttlMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('leases')
    .set({ expires_at: after(ttlMs) })
    .where('name', '=', name)
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Gives the lease back; nothing happens when it is not ours any more. The row stays. */
export async function release(tx: Tx, name: LeaseName, owner: string): Promise<void> {
  await tx
    .updateTable('leases')
    .set({ owner: '', expires_at: sql<Date>`UTC_TIMESTAMP(3)` })
    .where('name', '=', name)
    .where('owner', '=', owner)
    .execute()
}

async function acquireWithin(db: Db, name: LeaseName, owner: string, ttlMs: number, options: LeaseOptions): Promise<boolean> {
  const deadline = performance.now() + options.waitMs
  for (let waited = false; ; waited = true) {
    if (await inTransaction(db, (tx) => acquire(tx, name, owner, ttlMs))) return true
    if (performance.now() >= deadline) return false
    if (!waited) options.onWait?.()
    await sleep(POLL_MS / 2 + Math.random() * POLL_MS)
  }
}

/** Ends when `done` does; throws when the lease is lost. A renewal that fails is tried again until the lease must have run out. */
async function keepRenewing(db: Db, name: LeaseName, owner: string, ttlMs: number, done: AbortSignal): Promise<void> {
  let renewedAt = performance.now()
  while (!done.aborted) {
    await sleep(ttlMs / 3, undefined, { signal: done, ref: false }).catch(() => undefined)
    if (done.aborted) return
    const asked = performance.now()
    const renewed = await inTransaction(db, (tx) => renew(tx, name, owner, ttlMs)).catch(() => undefined)
    if (renewed === true) renewedAt = asked
    else if (renewed === false || performance.now() - renewedAt > ttlMs) {
      throw new DomainError('temporarily_unavailable', `the lease ${name} was lost to another instance`, {
        retryAfterSeconds: 30,
      })
    }
  }
}

function after(ttlMs: number) {
  return sql<Date>`DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ${ttlMs * 1000} MICROSECOND)`
}
