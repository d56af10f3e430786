import { type ReconcileOptions, type ReconcileReport, reconcile } from '@licenseoperator/billing'
import { type Db, withLease } from '@licenseoperator/db'
import { DomainError, rfc3339 } from '@licenseoperator/domain'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printTable } from '../print.ts'
import { processDepsOf } from '../process-deps.ts'
import { isSet, optionalText, requiredText } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** How long the command waits for an instance that reconciles by its schedule. */
const WAIT_MS = 10 * 60_000

/** `72h`, `7d`, `90m`, or an instant. */
function sinceOf(context: Context): Date {
  const text = requiredText(context, 'since')
  const agoMs = spanMs(text)
  const since = agoMs === undefined ? instantOf(text) : new Date(context.now().getTime() - agoMs)
  if (Number.isNaN(since.getTime()) || since > context.now())
    throw new UsageError('--since must be a time span such as 72h or 7d, or an instant in the past')
  return since
}

/** A bare number would be read as a year. */
function instantOf(text: string): Date {
  return new Date(/^\d{4}-\d{2}-\d{2}/.test(text) ? text : Number.NaN)
}

function minAgeOf(context: Context): number {
  const text = optionalText(context, 'min-age')
  const minAgeMs = text === undefined ? 0 : spanMs(text)
  if (minAgeMs === undefined) throw new UsageError('--min-age must be a time span such as 5m or 0s')
  return minAgeMs
}

/** @returns undefined for what is no time span */
function spanMs(text: string): number | undefined {
  const { count, unit } = /^(?<count>\d{1,6})(?<unit>[smhd])$/.exec(text)?.groups ?? {}
  const unitMs = UNIT_MS[unit ?? '']
  return unitMs === undefined ? undefined : Number(count) * unitMs
}

export const reconcileCommand: Command = {
  name: 'reconcile',
  description:
    "Compare Stripe's events and payments with what is here, and mend what is missing. Exit code 3 when the books don't agree",
  flags: [
    ['--since <time>', 'Start of the window: 72h, 7d, or an instant; Stripe keeps events for 30 days'],
    [
      '--min-age <time>',
      'Leave alone what happened less than this ago, because its webhook may be on its way: 5m (default 0s: nothing)',
    ],
    ['--dry-run', 'Say what would be done, and change nothing'],
  ],
  run: async (context) => {
    const since = sinceOf(context)
    const minAgeMs = minAgeOf(context)
    const config = configFor(context, ['security', 'stripe', 'mysql', 'nats'])
    const options = {
      since,
      minAgeMs,
      dryRun: isSet(context, 'dry-run'),
      onProgress: (step: string, count: number) => context.status?.(`${step}: ${count} compared`),
    }
    const report = await withDatabase(config, ({ db }) => {
      const run = (alone: Pick<ReconcileOptions, 'signal'>) =>
        reconcile(processDepsOf(context, config, db), shellCaller(context), { ...options, ...alone })
      return options.dryRun ? run({}) : underLease(context, db, run)
    })
    context.status?.('')
    print(context, report)
    return report.agree ? exitCodes.done : exitCodes.no
  },
}

/** One instance reconciles at a time, whether its schedule or a person says so. */
async function underLease<T>(context: Context, db: Db, run: (alone: { signal: AbortSignal }) => Promise<T>): Promise<T> {
  const onWait = () => context.note('another instance is reconciling: waiting for it')
  const leased = await withLease(db, 'reconcile', { waitMs: WAIT_MS, onWait }, (signal) => run({ signal }))
  if (leased.held) return leased.value
  throw new DomainError('temporarily_unavailable', 'another instance is reconciling', { retryAfterSeconds: 30 })
}

function print(context: Context, report: ReconcileReport): void {
  const { events, purchases, licenses, parked, refused, agree, dryRun } = report
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
    { what: 'refused messages', count: refused },
    { what: 'paid purchases compared', count: purchases.checked },
    { what: 'purchases without a license', count: purchases.unserved.length },
    { what: 'of these repaired', count: mended },
    { what: 'licenses without a payment', count: licenses.unpaid.length },
  ]
  printTable(context, { since: ({ what }) => what, [rfc3339(report.since)]: ({ count }) => count }, counts, counts)
  for (const purchase of purchases.unserved)
    context.print(
      `purchase without a license: ${purchase.paidBy} of ${purchase.groupName ?? 'nobody'}, ${purchase.repaired ? 'repaired' : `${purchase.outcome}${purchase.reason === undefined ? '' : `: ${purchase.reason}`}`}`,
    )
  for (const license of licenses.unpaid)
    context.print(`license without a payment: ${license.licenseId} of ${license.groupName}, ${license.reason}`)
  for (const event of parkedShown) context.print(`parked: ${event.eventId} ${event.type}: ${event.reason ?? ''}`)
  context.print(agree ? 'the books agree' : "the books don't agree")
}
