import { setTimeout as sleep } from 'node:timers/promises'
import { isConflict, translateMysqlError } from './mysql-error.ts'
import type { Db, Tx } from './schema.ts'

const ATTEMPTS = 5

/**
 * Runs `work` in one transaction and runs all of it again when another transaction was in the way (errno 1213 deadlock, 1205 lock wait).
 * Therefore `work` makes no ids, counts nothing outside the database and calls nobody.
 *
 * A commit whose answer was lost is not repeated: the caller's idempotency key (issuance key, reservation id) decides when it asks again.
 *
 * @throws DomainError `temporarily_unavailable` when MySQL is away or still in conflict after five tries; what `work` throws otherwise
 */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw translateMysqlError(error)
      // Full jitter: the transactions that met once must not meet again.
      await sleep(Math.random() * Math.min(400, 20 * 2 ** attempt))
    }
  }
}

/** A read outside a transaction, with the same translation of driver errors. */
export async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translateMysqlError(error)
  }
}
