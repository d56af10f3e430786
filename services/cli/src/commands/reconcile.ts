import { type ReconcileReport, reconcile } from '@licenseoperator/billing'
import { rfc3339 } from '@licenseoperator/domain'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printTable } from '../print.ts'
import { processDepsOf } from '../process-deps.ts'
import { isSet, requiredText } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `72h`, `7d`, `90m`, or an instant. */
function sinceOf(context: Context): Date {
  const text = requiredText(context, 'since')
  const ago = /^(?<count>\d{1,6})(?<unit>[mhd])$/.exec(text)?.groups
  const since = ago === undefined ? instantOf(text) : new Date(context.now().getTime() - Number(ago.count) * unitMs(ago.unit))
  if (Number.isNaN(since.getTime()) || since > context.now())
    throw new UsageError('--since must be a time span such as 72h or 7d, or an instant in the past')
  return since
}

/** A bare number would be read as a year. */
function instantOf(text: string): Date {
  return new Date(/^\d{4}-\d{2}-\d{2}/.test(text) ? text : Number.NaN)
}

function unitMs(unit: string | undefined): number {
  return unit === 'm' ? UNIT_MS.m : unit === 'h' ? UNIT_MS.h : UNIT_MS.d
}

export const reconcileCommand: Command = {
  name: 'reconcile',
  description:
    "Compare Stripe's events and payments with what is here, and mend what is missing. Exit code 3 when the books don't agree",
  flags: [
    ['--since <time>', 'Start of the window: 72h, 7d, or an instant; Stripe keeps events for 30 days'],
    ['--dry-run', 'Say what would be done, and change nothing'],
  ],
  run: async (context) => {
    const since = sinceOf(context)
    const config = configFor(context, ['security', 'stripe', 'mysql', 'nats'])
    const report = await withDatabase(config, ({ db }) =>
      reconcile(processDepsOf(context, config, db), shellCaller(context), {
        since,
        dryRun: isSet(context, 'dry-run'),
        onProgress: (step, count) => context.status?.(`${step}: ${count} compared`),
      }),
    )
    context.status?.('')
    print(context, report)
    return report.agree ? exitCodes.done : exitCodes.no
  },
}

function print(context: Context, report: ReconcileReport): void {
  const { events, purchases, licenses, parked, agree, dryRun } = report
  const parkedShown = parked.map((event) => ({ ...event, receivedAt: rfc3339(event.receivedAt) }))
  if (isSet(context, 'json')) {
    context.print(JSON.stringify({ ...report, since: rfc3339(report.since), parked: parkedShown }))
    return
  }
  const mended = purchases.unserved.filter(({ repaired }) => repaired).length
  const counts = [
    { what: 'events at Stripe', count: events.found },
    { what: 'known already', count: events.known },
    { what: 'missing', count: events.missing.length },
    { what: dryRun ? 'repaired (dry run)' : 'repaired', count: events.repaired },
    { what: 'still parked', count: parked.length },
    { what: 'paid purchases compared', count: purchases.checked },
    { what: 'purchases without a license', count: purchases.unserved.length },
    { what: 'of these repaired', count: mended },
    { what: 'licenses without a payment', count: licenses.unpaid.length },
  ]
  printTable(context, { since: ({ what }) => what, [rfc3339(report.since)]: ({ count }) => count }, counts, counts)
  for (const one of purchases.unserved)
    context.print(
      `purchase without a license: ${one.paidBy} of ${one.groupName ?? 'nobody'}, ${one.repaired ? 'repaired' : `${one.outcome}${one.reason === undefined ? '' : `: ${one.reason}`}`}`,
    )
  for (const one of licenses.unpaid)
    context.print(`license without a payment: ${one.licenseId} of ${one.groupName}, ${one.reason}`)
  for (const one of parkedShown) context.print(`parked: ${one.eventId} ${one.type}: ${one.reason ?? ''}`)
  context.print(agree ? 'the books agree' : "the books don't agree")
}
