import { inTransaction, reservations, stripeEvents } from '@licenseoperator/db'
import { readCheckoutSession } from '@licenseoperator/stripe'
import { isForeign, isMaintenance } from '@licenseoperator/terms'
import { type EventHandler, ignore } from '../handling/event-handler.ts'

/** A session that expired, or whose delayed payment failed, gives back what it held. */
export const releaseCheckout: EventHandler = async (deps, event, arrived) => {
  const { metadata } = readCheckoutSession(event.object)
  if (isForeign(metadata) && !isMaintenance(metadata)) return ignore(deps, arrived, 'a purchase of another application')
  const { reservation_id: reservationId } = metadata
  const now = deps.now()
  const isNew = await inTransaction(deps.db, async (tx) => {
    if (!(await stripeEvents.markAs(tx, arrived, 'processed', now))) return false
    if (reservationId !== undefined) await reservations.release(tx, reservationId, now)
    return true
  })
  return { kind: isNew ? 'processed' : 'already', eventId: event.id }
}
