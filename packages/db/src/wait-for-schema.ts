import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError, isDomainError } from '@licenseoperator/domain'
import { assertSchemaCurrent } from './migrate.ts'
import { addressOf, explainMysql, type MysqlPlace } from './mysql-trouble.ts'
import type { Db } from './schema.ts'

const PAUSE_MS = 500

/**
 * For a starting service: waits a bounded time for MySQL with a schema that this release can run on.
 *
 * @param account   named in the error, without its password
 * @param deadline  in milliseconds since 1970
 * @throws DomainError `temporarily_unavailable` with one sentence for the operator; at once when it is the schema that does not fit
 */
export async function waitForSchema(db: Db, account: MysqlPlace, deadline: number): Promise<void> {
  for (;;) {
    try {
      return await assertSchemaCurrent(db)
    } catch (error) {
      // Without a cause it is the schema's version, which waiting does not mend.
      if (!isDomainError(error, 'temporarily_unavailable') || error.cause === undefined) throw error
      if (Date.now() > deadline) throw unreachable(account, error.cause)
      await sleep(PAUSE_MS)
    }
  }
}

/** Waiting was for MySQL alone, so whatever failed is MySQL's. */
function unreachable(account: MysqlPlace, cause: unknown): DomainError {
  const { sentence } = explainMysql(cause, account, true) ?? { sentence: `MySQL at ${addressOf(account)} cannot be used` }
  return new DomainError('temporarily_unavailable', sentence, { cause })
}
