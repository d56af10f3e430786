import { type Db, inTransaction, reservations } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import type { Stripe } from 'stripe'

/** Stripe answers a list by creation time; our clock and Stripe's may differ by this much. */
const CLOCK_SLACK_SECONDS = 600
const BATCH = 50
/** Paid sessions whose webhook is on its way must not stand in front of abandoned ones for ever. */
const ASK_AGAIN_MS = 10 * 60_000

/**
 * Gives back what abandoned checkouts hold. Stripe is asked first: a session that is open or paid keeps its hold, however late the webhook is,
 * and while Stripe cannot be asked nothing is released.
 *
 * @returns how many reservations were released
 */
export async function releaseOverdueReservations(deps: { db: Db; stripe: Stripe; log: Log; now: () => Date }): Promise<number> {
  let released = 0
  for (const reservation of await reservations.listOverdue(deps.db, deps.now(), BATCH)) {
    try {
      const session = await findSession(deps.stripe, reservation)
      const state = session?.status
      if (state === 'open' || state === 'complete') {
        await inTransaction(deps.db, (tx) =>
          reservations.askAgainAt(tx, reservation.reservationId, new Date(deps.now().getTime() + ASK_AGAIN_MS)),
        )
      } else if (await inTransaction(deps.db, (tx) => reservations.release(tx, reservation.reservationId, deps.now())))
        released += 1
    } catch {
      // Which error it was does not matter: without an answer from Stripe the hold stays, and the next run asks again.
      deps.log.warn('cannot tell whether a checkout was abandoned, its reservation is kept', {
        reservationId: reservation.reservationId,
      })
    }
  }
  return released
}

/** The session of a reservation; where its id was never stored (a crash, a lost answer), it is looked for by what we called it. */
async function findSession(stripe: Stripe, reservation: reservations.Reservation): Promise<Stripe.Checkout.Session | undefined> {
  if (reservation.stripeSessionId !== undefined) return stripe.checkout.sessions.retrieve(reservation.stripeSessionId)
  const createdAt = Math.floor(reservation.createdAt.getTime() / 1000)
  const created = { gte: createdAt - CLOCK_SLACK_SECONDS, lte: createdAt + CLOCK_SLACK_SECONDS }
  for await (const session of stripe.checkout.sessions.list({ created, limit: 100 })) {
    if (session.client_reference_id === reservation.reservationId) return session
  }
  return undefined
}
