import { sql } from 'kysely'
import type { Tx } from './schema.ts'

const FORGET_AT_ONCE = 500

/**
 * Adds points to a counter in one statement, so that instances which count at one instant lose none; a counter whose window has ended starts
 * anew.
 *
 * @param name  ASCII, at most 160 characters
 * @returns what it counts now and when its window ends
 */
export async function add(
  tx: Tx,
  counter: { readonly name: string; readonly points: number; readonly windowMs: number },
  now: Date,
): Promise<{ points: number; endsAt: Date }> {
  const { name, points } = counter
  const fresh = { name, points, ends_at: new Date(now.getTime() + counter.windowMs) }
  await tx
    .insertInto('rate_limits')
    .values(fresh)
    // MySQL assigns from left to right: the points are judged by the old end.
    .onDuplicateKeyUpdate({
      points: sql<number>`IF(ends_at <= ${now}, ${points}, points + ${points})`,
      ends_at: sql<Date>`IF(ends_at <= ${now}, ${fresh.ends_at}, ends_at)`,
    })
    .execute()
  const row = await tx.selectFrom('rate_limits').select(['points', 'ends_at']).where('name', '=', name).executeTakeFirstOrThrow()
  return { points: row.points, endsAt: row.ends_at }
}

/** Removes some of the counters whose window has ended. */
export async function forgetEnded(tx: Tx, now: Date): Promise<void> {
  await tx.deleteFrom('rate_limits').where('ends_at', '<=', now).limit(FORGET_AT_ONCE).execute()
}
