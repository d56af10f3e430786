import { audit, type Db, inTransaction, reading, reservations, stripeEvents } from '@licenseoperator/db'
import { assertSysadmin, type Caller, DomainError } from '@licenseoperator/domain'
import { readCheckoutSession } from '../payload/checkout-session.ts'
import { readInvoice } from '../payload/invoice.ts'
import { readStripeEvent } from '../payload/stripe-event.ts'

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
  const reservationId = reservationOf(event)
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
const purchases: Readonly<Record<string, (object: unknown) => { metadata: Readonly<Record<string, string>> }>> = {
  'checkout.session.completed': readCheckoutSession,
  'checkout.session.async_payment_succeeded': readCheckoutSession,
  'invoice.paid': readInvoice,
  'invoice.payment_succeeded': readInvoice,
}

/** @returns undefined for what names none, or cannot be read */
function reservationOf({ type, payload }: stripeEvents.StoredEvent): string | undefined {
  try {
    return purchases[type]?.(readStripeEvent(payload.toString()).object).metadata.reservation_id
  } catch {
    // It was parked because nobody can read it; then the sweeper asks Stripe what became of the session.
    return undefined
  }
}
