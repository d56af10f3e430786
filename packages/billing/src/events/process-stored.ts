import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { isDomainError } from '@licenseoperator/domain'
import { isSignedByStripe, isUnknownObject, translateStripeError } from '@licenseoperator/stripe'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'
import { isOwnEventId, retellOwnEvent } from './own-event.ts'
import { presentOf } from './present-object.ts'
import { type IncomingEvent, processEvent } from './process-event.ts'

const NOT_OF_STRIPE =
  'no valid signature, and Stripe knows no event of this id: nothing is done for it; what was paid, reconcile serves'

interface Again {
  readonly deliveryCount: number
  /** What it tells of as Stripe has it now, where that was asked. */
  readonly present?: IncomingEvent['present']
  /** Stripe is asked for that now, once the event is proven. */
  readonly afresh?: boolean
  /** The signature must fit one of them; absent where whoever asks trusts the row unless it is marked as unverified. */
  readonly secrets?: readonly string[]
}

/**
 * Processes an event from its row. Its bytes count when they are proven; otherwise Stripe's API is asked for the event of that id, and what it answers is
 * processed instead. An event whose secret was removed meanwhile is served in this way, and one that somebody made up never is. What reconcile told is told
 * again from what was bought: Stripe has no event of it, and nobody signed it.
 */
export async function processStored(deps: ProcessDeps, stored: stripeEvents.StoredEvent, again: Again): Promise<EventOutcome> {
  const { eventId, receivedAt, signature, unverified } = stored
  const { deliveryCount, afresh = false, secrets } = again
  const payload = stored.payload.toString()
  const proven = secrets === undefined ? !unverified : isSignedByStripe(deps.stripe, payload, signature, secrets)
  try {
    if (proven) {
      const present = again.present ?? (afresh ? await presentOf(deps, payload) : undefined)
      return await processEvent(deps, { payload, present, receivedAt, signature, deliveryCount })
    }
    const retold = !unverified && isOwnEventId(eventId) ? await retellOwnEvent(deps, eventId) : undefined
    if (retold !== undefined) return await processEvent(deps, { payload: retold.payload, receivedAt, deliveryCount })
    const fetched = JSON.stringify(await deps.stripe.events.retrieve(eventId))
    const present = afresh ? await presentOf(deps, fetched) : undefined
    return await processEvent(deps, { payload: fetched, present, receivedAt, deliveryCount })
  } catch (error) {
    if (isUnknownObject(error) || isDomainError(error, 'invalid_webhook')) return distrust(deps, eventId)
    const translated = translateStripeError(error)
    // Whatever refusal it is, e.g. a key that may not read events: nothing is known about the event.
    if (isDomainError(translated)) return { kind: 'retry', eventId, reason: translated.message }
    throw translated
  }
}

async function distrust(deps: ProcessDeps, eventId: string): Promise<EventOutcome> {
  await inTransaction(deps.db, (tx) => stripeEvents.distrust(tx, eventId, NOT_OF_STRIPE, deps.now()))
  deps.log.error('stripe event parked', { eventId, reason: NOT_OF_STRIPE })
  return { kind: 'parked', eventId, reason: NOT_OF_STRIPE }
}
