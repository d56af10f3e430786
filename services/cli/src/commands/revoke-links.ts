import { revokeLinks } from '@licenseoperator/mail'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printFacts } from '../print.ts'
import { UsageError } from '../usage-error.ts'

export const revokeLicenseLinks: Command = {
  name: 'revoke-links <id>',
  description: 'Make every mailed link of a license that there is so far open nothing; the license stays good',
  needs: 'mysql',
  examples: ['licenseoperator license revoke-links L-01JZX3F9T5M2Q8V7K4N6R0B1CD'],
  flags: [],
  run: async (context, [id]) => {
    if (id === undefined) throw new UsageError('a license id is required')
    await withDatabase(configFor(context, ['mysql']), ({ db }) =>
      revokeLinks({ db, requiredScopes: {}, now: context.now }, shellCaller(context), id),
    )
    printFacts(context, { licenseId: id, links: 'revoked' })
    return exitCodes.done
  },
}
