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
    description: 'Bring the database schema up to date',
    details: 'Several may run at once: one migrates, the others wait. Nothing is ever dropped.',
    needs: 'mysql',
    examples: ['licenseoperator db migrate'],
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
    description: 'Show applied and pending migrations',
    needs: 'mysql',
    no: 'this release cannot run on the schema',
    examples: ['licenseoperator db status', 'licenseoperator db status --output json'],
    flags: [],
    run: async (context) => {
      const status = await withDatabase(configFor(context, ['mysql']), (database) => reading(() => schemaStatus(database.db)))
      printFacts(context, { ...status })
      return isUsable(status) ? exitCodes.done : exitCodes.no
    },
  },
]
