import { audit, type Db, inTransaction, reading, reservations, stripeEvents } from '@licenseoperator/db'
import { assertSysadmin, type Caller, DomainError } from '@licenseoperator/domain'
import { readStripeEvent, type StripeEvent } from '@licenseoperator/stripe'
import { z } from 'zod'

/**
 * Puts an event aside that will never be served, e.g. because the money was given back. It keeps its bytes and can still be replayed. What the purchase
 * still holds of a product or a coupon is given back; a replay takes it again if it is still there.
 *
 * @param reason  for those who look at it later
 * @throws DomainError `forbidden`; `not_found`; `invalid_payload` for one that is processed or ignored already
 */
export async function discardEvent(
  { db, now }: { db: Db; now: () => Date },
  caller: Caller,
  eventId: string,
  reason: string,
): Promise<void> {
  assertSysadmin(caller)
  const event = await reading(() => stripeEvents.find(db, eventId))
  if (event === undefined) throw new DomainError('not_found', 'resource not found')
  const reservationId = await reservationOf(db, event)
  const at = now()
  const discarded = await inTransaction(db, async (tx) => {
    if (!(await stripeEvents.discard(tx, eventId, reason, at))) return false
    const released = reservationId !== undefined && (await reservations.release(tx, reservationId, at))
    const before = { status: event.status, reason: event.reason }
    const after = { reason, ...(released ? { released: reservationId } : {}) }
    await audit.record(tx, { at, caller, action: 'event.discarded', subject: `event:${eventId}`, before, after })
    return true
  })
  if (!discarded) throw new DomainError('invalid_payload', `invalid request: the event is ${event.status}, nothing waits`)
}

/** Events that tell of a purchase, and so of what its checkout held. A refund's charge names the reservation too, and says nothing about it. */
const purchases: ReadonlySet<string> = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'invoice.paid',
  'invoice.payment_succeeded',
])

const Metadata = z.looseObject({ reservation_id: z.string() })
const Details = z.looseObject({ metadata: Metadata })
/** Where a purchase names its reservation: as little as possible, because it may be parked for whatever else of it nobody can read. */
const Purchase = z.looseObject({
  id: z.string().optional().catch(undefined),
  metadata: Metadata.optional().catch(undefined),
  subscription_details: Details.optional().catch(undefined),
  parent: z.looseObject({ subscription_details: Details }).optional().catch(undefined),
})

/** @returns undefined for what is no purchase, names none, or was never said by Stripe */
async function reservationOf(db: Db, event: stripeEvents.StoredEvent): Promise<string | undefined> {
  if (event.unverified) return undefined
  const storedEvent = readBody(event.payload.toString())
  const held = storedEvent && heldBy(storedEvent)
  if (held?.sessionId === undefined) return held?.reservationId
  const { sessionId } = held
  return (await reading(() => reservations.findBySession(db, sessionId)))?.reservationId
}

/**
 * What an event says about which reservation its purchase held: the reservation itself, else the session that has it.
 *
 * @returns undefined for what is no purchase
 */
export function heldBy(
  storedEvent: Pick<StripeEvent, 'type' | 'object' | 'relatedId'>,
): { readonly reservationId?: string; readonly sessionId?: string | undefined } | undefined {
  if (!purchases.has(storedEvent.type)) return undefined
  const { id, metadata, subscription_details: details, parent } = Purchase.parse(storedEvent.object)
  const named = parent?.subscription_details.metadata ?? details?.metadata ?? metadata
  if (named !== undefined) return { reservationId: named.reservation_id }
  // A thin event only names the object.
  return { sessionId: storedEvent.relatedId ?? id }
}

function readBody(payload: string): StripeEvent | undefined {
  try {
    return readStripeEvent(payload)
  } catch (error) {
    // A message that is no event is kept as evidence too.
    if (error instanceof DomainError) return undefined
    throw error
  }
}
