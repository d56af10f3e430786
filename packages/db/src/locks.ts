import type { Tx } from './schema.ts'

/**
 * Serialises transactions that take the same name, until they end. For decisions over rows that may not exist yet: locking a missing row takes a
 * gap, and everybody's insert into it deadlocks.
 *
 * @param name  ASCII, at most 128 characters, from a bounded set: its row stays
 */
export async function take(tx: Tx, name: string): Promise<void> {
  await tx.insertInto('locks').values({ name }).onDuplicateKeyUpdate({ name }).execute()
}
