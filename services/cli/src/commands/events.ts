import { discardEvent, type EventOutcome, replayEvent } from '@licenseoperator/billing'
import { reading, stripeEvents } from '@licenseoperator/db'
import { DomainError, rfc3339 } from '@licenseoperator/domain'
import type { Command, Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { configFor, shellCaller, withDatabase } from '../load.ts'
import { printFacts, printTable } from '../print.ts'
import { processDepsOf } from '../process-deps.ts'
import { isSet, optionalText, parsed, requiredText, wholeNumber } from '../read-flags.ts'
import { UsageError } from '../usage-error.ts'

const STATUSES = ['received', 'processed', 'ignored', 'parked'] as const
const DEFAULT_LIMIT = 50
const MOST_SHOWN = 1000

const filterFlags = [
  ['--status <status>', `${STATUSES.join(', ')} (default parked)`],
  ['--type <type>', 'Only this type, e.g. invoice.paid'],
] as const

function filterOf(context: Context): stripeEvents.EventFilter {
  const asked = optionalText(context, 'status') ?? 'parked'
  const status = STATUSES.find((known) => known === asked)
  if (status === undefined) throw new UsageError(`--status must be one of ${STATUSES.join(', ')}`)
  return { status, type: optionalText(context, 'type') }
}

function limitOf(context: Context): number {
  return parsed('limit', wholeNumber(1, MOST_SHOWN), optionalText(context, 'limit')) ?? DEFAULT_LIMIT
}

async function list(context: Context): Promise<number> {
  const filter = filterOf(context)
  const events = await withDatabase(configFor(context, ['mysql']), ({ db }) =>
    reading(() => stripeEvents.list(db, filter, limitOf(context))),
  )
  const shown = events.map((event) => ({ ...event, receivedAt: rfc3339(event.receivedAt) }))
  printTable(
    context,
    {
      id: (event) => event.eventId,
      type: (event) => event.type,
      received: (event) => event.receivedAt,
      tries: (event) => event.attempts,
      reason: (event) => event.reason,
    },
    shown,
    shown,
  )
  return exitCodes.done
}

async function show(context: Context, [id]: readonly string[]): Promise<number> {
  const event = await withDatabase(configFor(context, ['mysql']), ({ db }) => reading(() => stripeEvents.find(db, id ?? '')))
  if (event === undefined) throw new DomainError('not_found', 'no event has that id')
  const { payload, receivedAt, ...facts } = event
  const shown = { ...facts, receivedAt: rfc3339(receivedAt) }
  if (!isSet(context, 'payload')) printFacts(context, { ...shown, payloadBytes: payload.length })
  else if (isSet(context, 'json')) printFacts(context, { ...shown, payload: payload.toString() })
  else {
    printFacts(context, shown)
    context.print(payload.toString())
  }
  return exitCodes.done
}

async function replay(context: Context, ids: readonly string[]): Promise<number> {
  const byFilter = context.flags.has('status') || context.flags.has('type')
  if (byFilter === ids.length > 0) throw new UsageError('give event ids, or --status to replay all with that status')
  const config = configFor(context, ['security', 'stripe', 'mysql', 'nats'])
  const outcomes = await withDatabase(config, async ({ db }) => {
    const deps = processDepsOf(context, config, db)
    const wanted = byFilter
      ? (await reading(() => stripeEvents.list(db, filterOf(context), MOST_SHOWN))).map(({ eventId }) => eventId)
      : ids
    const done: EventOutcome[] = []
    for (const id of wanted) done.push(await replayEvent(deps, shellCaller(context), id))
    return done
  })
  printTable(
    context,
    { id: (outcome) => outcome.eventId, outcome: (outcome) => outcome.kind, reason: (outcome) => outcome.reason },
    outcomes,
    outcomes,
  )
  return outcomes.some(({ kind }) => kind === 'parked' || kind === 'retry') ? exitCodes.no : exitCodes.done
}

async function discard(context: Context, [id]: readonly string[]): Promise<number> {
  const reason = requiredText(context, 'reason')
  const config = configFor(context, ['mysql'])
  await withDatabase(config, ({ db }) => discardEvent({ db, now: context.now }, shellCaller(context), id ?? '', reason))
  printFacts(context, { eventId: id, status: 'ignored', reason: `discarded: ${reason}` })
  return exitCodes.done
}

/** Stripe's events as they are stored. */
export const events: readonly Command[] = [
  {
    name: 'list',
    description: 'Stored Stripe events, newest first: those that are parked, unless told otherwise',
    flags: [...filterFlags, ['--limit <count>', `Events (default ${DEFAULT_LIMIT}, at most ${MOST_SHOWN})`]],
    run: list,
  },
  {
    name: 'show <id>',
    description: 'What is known of one event',
    flags: [['--payload', 'With its body, byte for byte; it holds names and addresses']],
    run: show,
  },
  {
    name: 'replay [...ids]',
    description: 'Process stored events once more; safe at any time. Exit code 3 when one is parked again or still waits',
    flags: [...filterFlags],
    run: replay,
  },
  {
    name: 'discard <id>',
    description: 'Put an event aside that will never be served; it can still be replayed',
    flags: [['--reason <text>', 'Why; kept with the event and in the audit log']],
    run: discard,
  },
]
