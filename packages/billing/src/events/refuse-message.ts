import { createHash } from 'node:crypto'
import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { isDomainError } from '@licenseoperator/domain'
import { readStripeEvent } from '@licenseoperator/stripe'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'

/** Why a message of the webhook stream is not processed. `unsigned`: an event, but none of our secrets signed it. */
export type Refusal = 'no message' | 'no event' | 'unsigned'

const reasons: Record<Refusal, string> = {
  'no message': 'refused: not a message of the receiver',
  'no event': 'refused: the message holds no Stripe event',
  unsigned:
    'refused: signed with none of the configured webhook secrets; forged, or its secret was removed: replay asks Stripe for the event',
}
/** Of junk, which nobody needs in full. */
const MOST_JUNK_BYTES = 65_536

/**
 * Records a message that anybody may have published, so that it is done with, without being processed. It never takes the place of an event that
 * came from Stripe, and Stripe's own event takes its place whenever it comes.
 *
 * @throws DomainError `temporarily_unavailable` when it could not be stored
 */
export async function refuseMessage(
  deps: Pick<ProcessDeps, 'db' | 'log' | 'now'>,
  message: { readonly payload: string; readonly signature?: string; readonly receivedAt: Date },
  refusal: Refusal,
): Promise<EventOutcome> {
  const { receivedAt, signature } = message
  const event = refusal === 'unsigned' ? readStripeEvent(message.payload) : undefined
  const payload = Buffer.from(message.payload)
  const arrived: stripeEvents.ArrivedEvent = event
    ? { eventId: event.id, type: event.type, apiVersion: event.apiVersion, payload, receivedAt, signature }
    : {
        eventId: `message:${createHash('sha256').update(payload).digest('hex')}`,
        type: 'none',
        apiVersion: undefined,
        payload: payload.subarray(0, MOST_JUNK_BYTES),
        receivedAt,
        signature,
      }
  const reason = reasons[refusal]
  await inTransaction(deps.db, (tx) => stripeEvents.refuse(tx, arrived, reason, deps.now()))
  deps.log.error('a message of the webhook stream is refused', { eventId: arrived.eventId, type: arrived.type, reason })
  return { kind: 'parked', eventId: arrived.eventId, reason }
}

/** Whether the text is a Stripe event; what it says is checked later. */
export function isStripeEvent(payload: string): boolean {
  try {
    readStripeEvent(payload)
    return true
  } catch (error) {
    if (isDomainError(error, 'invalid_webhook')) return false
    throw error
  }
}
