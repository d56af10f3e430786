import { migrate, reading, schemaStatus } from '@licenseoperator/db'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, withDatabase } from '../load.ts'
import { printFacts } from '../print.ts'

/** A migration may have to rebuild a large table. */
const MIGRATION_HOLD_MS = 3_600_000

export const db: readonly Command[] = [
  {
    name: 'migrate',
    description: 'Bring the database schema up to date. Several may run at once; never drops anything',
    flags: [],
    run: async (context) => {
      const applied = await withDatabase(
        configFor(context, ['mysql']),
        (database) => reading(() => migrate(database.db)),
        MIGRATION_HOLD_MS,
      )
      printFacts(context, { applied })
      return exitCodes.done
    },
  },
  {
    name: 'status',
    description: 'Show applied and pending migrations; exit code 0 current, 3 not',
    flags: [],
    run: async (context) => {
      const status = await withDatabase(configFor(context, ['mysql']), (database) => reading(() => schemaStatus(database.db)))
      printFacts(context, { ...status })
      return status.pending.length === 0 && status.unknown.length === 0 ? exitCodes.done : exitCodes.no
    },
  },
]
