import { audit, inTransaction, reading, stripeEvents } from '@licenseoperator/db'
import { assertSysadmin, type Caller, DomainError } from '@licenseoperator/domain'
import type { EventOutcome, ProcessDeps } from '../purchase/event-handler.ts'
import { processStored } from '../purchase/process-stored.ts'

/** When the sweeper takes over an event whose replay never came to an end. */
const TAKEN_OVER_AFTER_MS = 60_000

/**
 * Processes a stored event once more, from its bytes in MySQL, whatever became of it before; from Stripe's API where nobody vouches for the
 * bytes. Safe at any time: what it did is found by its keys.
 * JetStream is not asked, because it swallows a message id that it knows.
 *
 * @throws DomainError `forbidden`; `not_found`; `temporarily_unavailable`
 */
export async function replayEvent(deps: ProcessDeps, caller: Caller, eventId: string): Promise<EventOutcome> {
  assertSysadmin(caller)
  const event = await reading(() => stripeEvents.find(deps.db, eventId))
  if (event === undefined) throw new DomainError('not_found', 'resource not found')
  const now = deps.now()
  await inTransaction(deps.db, async (tx) => {
    await stripeEvents.reopen(tx, eventId, new Date(now.getTime() + TAKEN_OVER_AFTER_MS))
    const before = { status: event.status, reason: event.reason }
    await audit.record(tx, { at: now, caller, action: 'event.replayed', subject: `event:${eventId}`, before })
  })
  return processStored(deps, event, { deliveryCount: event.attempts + 1 })
}
