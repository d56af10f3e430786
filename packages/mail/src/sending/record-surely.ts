import { setTimeout as sleep } from 'node:timers/promises'
import { type Db, inTransaction, type Tx } from '@licenseoperator/db'
import { isDomainError } from '@licenseoperator/domain'

const PAUSE_MS = 500

/**
 * Writes down what became of a mail, also when MySQL comes back only after a while: an outcome that is not recorded is a mail that is sent again.
 *
 * @param until  when the lease ends: then somebody else may have it
 * @throws DomainError `temporarily_unavailable` when MySQL stayed away
 */
export async function recordSurely(
  { db, now, signal }: { db: Db; now: () => Date; signal: AbortSignal },
  work: (tx: Tx) => Promise<void>,
  until: Date,
): Promise<void> {
  for (;;) {
    try {
      return await inTransaction(db, work)
    } catch (error) {
      const over = signal.aborted || now().getTime() + PAUSE_MS > until.getTime()
      if (over || !isDomainError(error, 'temporarily_unavailable')) throw error
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}
