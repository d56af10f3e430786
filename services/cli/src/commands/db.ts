import { isUsable, migrate, reading, schemaStatus } from '@licenseoperator/db'
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
    description: 'Show applied and pending migrations; exit code 0 when this release can run on the schema, 3 when not',
    flags: [],
    run: async (context) => {
      const status = await withDatabase(configFor(context, ['mysql']), (database) => reading(() => schemaStatus(database.db)))
      printFacts(context, { ...status })
      return isUsable(status) ? exitCodes.done : exitCodes.no
    },
  },
]
