import { notificationBody } from '@licenseoperator/api-schemas'
import { notifications as mails, reading } from '@licenseoperator/db'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, withDatabase } from '../load.ts'
import { printTable } from '../print.ts'
import { optionalText, parsed, wholeNumber } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

const DEFAULT_LIMIT = 50

export const notifications: readonly Command[] = [
  {
    name: 'list',
    description: 'List mails about licenses and what became of them, newest first',
    needs: 'mysql',
    examples: ['licenseoperator notifications list', 'licenseoperator notifications list --state dead --limit 10'],
    flags: [
      ['--license <id>', 'Only about this license'],
      ['--state <state>', `Only in this state: ${mails.notificationStates.join(', ')}`],
      ['--limit <count>', `Mails (default ${DEFAULT_LIMIT}, at most 1000)`],
    ],
    run: async (context) => {
      const wanted = optionalText(context, 'state')
      const state = mails.notificationStates.find((name) => name === wanted)
      if (wanted !== undefined && state === undefined)
        throw new UsageError(`--state must be one of ${mails.notificationStates.join(', ')}`)
      const filter = { licenseId: optionalText(context, 'license'), state }
      const limit = parsed('limit', wholeNumber(1, 1000), optionalText(context, 'limit')) ?? DEFAULT_LIMIT
      const found = await withDatabase(configFor(context, ['mysql']), ({ db }) => reading(() => mails.list(db, filter, limit)))
      const shown = found.map(notificationBody)
      printTable(
        context,
        {
          id: (mail) => mail.notificationId,
          license: (mail) => mail.licenseId,
          reason: (mail) => mail.reason,
          recipient: (mail) => mail.recipient,
          state: (mail) => mail.state,
          attempts: (mail) => mail.attempts,
          created: (mail) => mail.createdAt,
          sent: (mail) => mail.sentAt,
          next: (mail) => mail.nextAttemptAt,
          error: (mail) => mail.lastError,
        },
        shown,
        shown,
      )
      return exitCodes.done
    },
  },
]
