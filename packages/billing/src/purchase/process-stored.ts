import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { isDomainError } from '@licenseoperator/domain'
import { isUnknownObject, translateStripeError } from '../stripe-client.ts'
import { isSignedByStripe } from '../verify-webhook.ts'
import type { EventOutcome, ProcessDeps } from './event-handler.ts'
import { processEvent } from './process-event.ts'

/** Also of what reconcile made up and could not finish: its next run makes it anew from what Stripe says. */
const NOT_OF_STRIPE =
  'no valid signature, and Stripe knows no event of this id: nothing is done for it; what was paid, reconcile serves'

/**
 * Processes an event from its row. Its bytes count when they are proven; otherwise Stripe's API is asked for the event of that id, and what it answers is
 * processed instead. An event whose secret was removed meanwhile is served in this way, and one that somebody made up never is.
 *
 * @param secrets  the signature must fit one of them; absent where whoever asks trusts the row unless it is marked as unverified
 */
export async function processStored(
  deps: ProcessDeps,
  stored: stripeEvents.StoredEvent,
  { deliveryCount, secrets }: { deliveryCount: number; secrets?: readonly string[] },
): Promise<EventOutcome> {
  const { eventId, receivedAt, signature } = stored
  const payload = stored.payload.toString()
  const proven = secrets === undefined ? !stored.unverified : isSignedByStripe(deps.stripe, payload, signature, secrets)
  try {
    if (proven) return await processEvent(deps, { payload, receivedAt, signature, deliveryCount })
    const fetched = JSON.stringify(await deps.stripe.events.retrieve(eventId))
    return await processEvent(deps, { payload: fetched, receivedAt, deliveryCount })
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
