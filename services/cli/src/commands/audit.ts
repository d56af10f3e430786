import { rfc3339 } from '@licenseoperator/domain'
import { listAudit } from '@licenseoperator/licensing'
import type { Command } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, withDatabase } from '../load.ts'
import { printTable } from '../print.ts'
import { optionalText, parsed, wholeNumber } from '../read-flags.ts'

const DEFAULT_LIMIT = 50

export const audit: readonly Command[] = [
  {
    name: 'list',
    description: 'List who changed what, newest first',
    details: 'Of a license (--subject license:L-…) its issue is listed as well. JSON and CSV hold what was before and after.',
    needs: 'mysql',
    examples: ['licenseoperator audit list', 'licenseoperator audit list --subject product:core --limit 10'],
    flags: [
      ['--subject <subject>', 'Only this, e.g. product:core or license:L-…'],
      ['--actor <identity>', 'Only by this person or program'],
      ['--before <id>', 'Older than this entry, to go on with a list'],
      ['--limit <count>', `Entries (default ${DEFAULT_LIMIT}, at most 1000)`],
    ],
    run: async (context) => {
      const filter = {
        subject: optionalText(context, 'subject'),
        actor: optionalText(context, 'actor'),
        beforeId: parsed('before', wholeNumber(1, 4_294_967_295), optionalText(context, 'before')),
      }
      const limit = parsed('limit', wholeNumber(1, 1000), optionalText(context, 'limit')) ?? DEFAULT_LIMIT
      const entries = await withDatabase(configFor(context, ['mysql']), ({ db }) => listAudit(db, filter, limit))
      const shown = entries.map((entry) => ({ ...entry, at: rfc3339(entry.at) }))
      printTable(
        context,
        {
          id: (entry) => entry.id,
          at: (entry) => entry.at,
          actor: (entry) => entry.actor,
          action: (entry) => entry.action,
          subject: (entry) => entry.subject,
          changed: (entry) => changedFields(entry.before, entry.after).join(', '),
        },
        shown,
        shown,
        { items: shown, fields: ['id', 'at', 'actor', 'action', 'subject', 'before', 'after'] },
      )
      return exitCodes.done
    },
  },
]

/** Names of the fields that differ; both sides are whole in --json. */
function changedFields(before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return []
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
