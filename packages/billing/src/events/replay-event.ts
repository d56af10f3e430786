import { reading, stripeEvents } from '@licenseoperator/db'
import { assertSysadmin, type Caller, DomainError } from '@licenseoperator/domain'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'
import { processAgain } from './process-again.ts'

/**
 * Processes a stored event once more, whatever became of it before: what was mended since, here or at Stripe, counts. Safe at any time.
 *
 * @throws DomainError `forbidden`; `not_found`; `temporarily_unavailable`
 */
export async function replayEvent(deps: ProcessDeps, caller: Caller, eventId: string): Promise<EventOutcome> {
  assertSysadmin(caller)
  const event = await reading(() => stripeEvents.find(deps.db, eventId))
  if (event === undefined) throw new DomainError('not_found', 'resource not found')
  return processAgain(deps, event, caller)
}
