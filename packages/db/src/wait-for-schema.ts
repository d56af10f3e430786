import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError, isDomainError } from '@licenseoperator/domain'
import { assertSchemaCurrent } from './migrate.ts'
import { mysqlErrorFacts } from './mysql-error.ts'
import type { Db } from './schema.ts'

const PAUSE_MS = 500

/**
 * For a starting service: waits a bounded time for MySQL with a schema that this release can run on.
 *
 * @param account   named in the error, without its password
 * @param deadline  in milliseconds since 1970
 * @throws DomainError `temporarily_unavailable` with one sentence for the operator; at once when it is the schema that does not fit
 */
export async function waitForSchema(
  db: Db,
  account: { readonly host: string; readonly port: number; readonly socketPath?: string | undefined },
  deadline: number,
): Promise<void> {
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

/** The driver's code tells a wrong password (ER_ACCESS_DENIED_ERROR) from a server that is not there (ECONNREFUSED). */
function unreachable({ host, port, socketPath }: Parameters<typeof waitForSchema>[1], cause: unknown): DomainError {
  const message = `MySQL cannot be used at ${socketPath ?? `${host}:${port}`} (${mysqlErrorFacts(cause).code ?? 'no answer'})`
  return new DomainError('temporarily_unavailable', message, { cause })
}
