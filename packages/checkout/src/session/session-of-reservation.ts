import { type Db, inTransaction, reservations } from '@licenseoperator/db'
import { isUnknownObject } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'

/** Stripe answers a list by creation time; our clock and Stripe's may differ by this much. */
const CLOCK_SLACK_SECONDS = 600

/**
 * The session of a reservation as Stripe has it now; where its id was never stored (a crash, a lost answer), it is looked for by what we called it.
 *
 * @returns undefined when Stripe knows none: nobody can pay what there is not
 */
async function sessionOfReservation(
  stripe: Stripe,
  { stripeSessionId, createdAt, reservationId }: reservations.Reservation,
): Promise<Stripe.Checkout.Session | undefined> {
  try {
    if (stripeSessionId !== undefined) return await stripe.checkout.sessions.retrieve(stripeSessionId)
  } catch (error) {
    if (isUnknownObject(error)) return undefined
    throw error
  }
  const madeAt = Math.floor(createdAt.getTime() / 1000)
  const created = { gte: madeAt - CLOCK_SLACK_SECONDS, lte: madeAt + CLOCK_SLACK_SECONDS }
  for await (const session of stripe.checkout.sessions.list({ created, limit: 100 }))
    if (session.client_reference_id === reservationId) return session
  return undefined
}

/**
 * Brings a held reservation in step with its session: what expired or never was gives its share back, what was gone through waits for its webhook.
 *
 * @returns the session while it is open; else what became of the hold
 * @throws what Stripe throws when it cannot be asked: then nothing has changed
 */
export async function followSession(
  { db, stripe, now }: { db: Db; stripe: Stripe; now: () => Date },
  reservation: reservations.Reservation,
): Promise<Stripe.Checkout.Session | 'completed' | 'released' | 'no longer held'> {
  const session = await sessionOfReservation(stripe, reservation)
  if (session?.status === 'open') return session
  const { reservationId } = reservation
  if (isOver(session))
    return (await inTransaction(db, (tx) => reservations.release(tx, reservationId, now()))) ? 'released' : 'no longer held'
  await inTransaction(db, (tx) => reservations.noteCompleted(tx, reservationId, now()))
  return 'completed'
}

/** Whether nobody can pay a session any more, or ever could: it has expired, or Stripe knows none. */
export function isOver(session: Pick<Stripe.Checkout.Session, 'status'> | undefined): boolean {
  return session?.status !== 'open' && session?.status !== 'complete'
}
