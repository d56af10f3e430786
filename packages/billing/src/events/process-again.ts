import { audit, inTransaction, stripeEvents, type Tx } from '@licenseoperator/db'
import type { Caller } from '@licenseoperator/domain'
import { translateStripeError } from '@licenseoperator/stripe'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'
import { presentOf } from './present-object.ts'
import { processStored } from './process-stored.ts'

/** When the sweeper takes over an event whose processing never came to an end. */
export const TAKEN_OVER_AFTER_MS = 60_000

/**
 * Processes a stored event once more, whatever became of it before, with what it tells of as Stripe has it now. Safe at any time: what it did is found by
 * its keys. JetStream is not asked, because it swallows a message id that it knows.
 *
 * @param by  who asked for it; absent for the reconciliation
 * @throws DomainError `temporarily_unavailable`
 */
export async function processAgain(deps: ProcessDeps, event: stripeEvents.StoredEvent, by?: Caller): Promise<EventOutcome> {
  const now = deps.now()
  // What nobody vouches for says nothing, not even what to ask for: its event is fetched from Stripe, which has it as it is.
  const present = event.unverified ? undefined : await presentNow(deps, event.payload.toString())
  await inTransaction(deps.db, async (tx) => {
    await stripeEvents.reopen(tx, event.eventId, new Date(now.getTime() + TAKEN_OVER_AFTER_MS))
    if (by !== undefined) await note(tx, event, by, now)
  })
  return processStored(deps, event, { present, deliveryCount: event.attempts + 1 })
}

async function presentNow(deps: ProcessDeps, payload: string) {
  try {
    return await presentOf(deps, payload)
  } catch (error) {
    throw translateStripeError(error)
  }
}

async function note(tx: Tx, { eventId, status, reason }: stripeEvents.StoredEvent, caller: Caller, at: Date): Promise<void> {
  await audit.record(tx, { at, caller, action: 'event.replayed', subject: `event:${eventId}`, before: { status, reason } })
}
