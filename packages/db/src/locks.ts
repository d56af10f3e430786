import { createHash } from 'node:crypto'
import type { LockFamily, LockName } from './lock-names.ts'
import type { Tx } from './schema.ts'

/**
 * Serialises transactions that take the same name, until they end. For decisions over rows that may not exist yet: locking a missing row takes a
 * gap, and everybody's insert into it deadlocks.
 *
 * @param name  ASCII, at most 128 characters, from a bounded set: its row stays
 */
export async function take(tx: Tx, name: LockName): Promise<void> {
  await takeRow(tx, name)
}

/**
 * Serialises transactions over the same key of an unbounded set: keys share 4096 rows, so two keys may wait for one another now and then. Take one
 * per transaction and take it first, or two transactions can wait for each other.
 */
export async function takeFor(tx: Tx, family: LockFamily, key: string): Promise<void> {
  await takeRow(tx, rowOf(family, key))
}

/** As `takeFor`, over several keys at once, always in the same order: two transactions that share one follow one another. */
export async function takeForAll(tx: Tx, family: LockFamily, keys: readonly string[]): Promise<void> {
  for (const name of [...new Set(keys.map((key) => rowOf(family, key)))].sort()) await takeRow(tx, name)
}

async function takeRow(tx: Tx, name: string): Promise<void> {
  await tx.insertInto('locks').values({ name }).onDuplicateKeyUpdate({ name }).execute()
}

/** The row that stands for a key: the same for the same key, of a bounded number. */
export function rowOf(family: LockFamily, key: string): string {
  return `${family}:${createHash('sha256').update(key).digest('hex').slice(0, 3)}`
}
