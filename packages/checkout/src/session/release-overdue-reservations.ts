import { type Db, inTransaction, reservations } from '@licenseoperator/db'
import type { Log } from '@licenseoperator/domain'
import type { Stripe } from 'stripe'
import { followSession } from './session-of-reservation.ts'

const BATCH = 50
/** Of one run; the next goes on. */
const MOST_BATCHES = 20
/** Whatever cannot be released now must not stand in front of what can: a paid session whose webhook is on its way, or one Stripe gives no answer about. */
const ASK_AGAIN_MS = 10 * 60_000
/** Then Stripe is away, and asking about the others would only take long. */
const FAILURES_IN_A_ROW = 3

/**
 * Gives back what abandoned checkouts hold. Stripe is asked first: a session that is open or paid keeps its hold, however late the webhook is; one that
 * Stripe does not know can be paid by nobody; and while Stripe cannot be asked nothing is released.
 *
 * @returns how many reservations were released
 */
export async function releaseOverdueReservations(deps: { db: Db; stripe: Stripe; log: Log; now: () => Date }): Promise<number> {
  let [released, failures] = [0, 0]
  for (let batch = 1; batch <= MOST_BATCHES; batch += 1) {
    const overdue = await reservations.listOverdue(deps.db, deps.now(), BATCH)
    for (const reservation of overdue) {
      const outcome = await follow(deps, reservation)
      failures = outcome === 'unknown' ? failures + 1 : 0
      if (outcome === 'released') released += 1
      if (failures === FAILURES_IN_A_ROW) return released
    }
    if (overdue.length < BATCH) return released
  }
  return released
}

async function follow(
  deps: { db: Db; stripe: Stripe; log: Log; now: () => Date },
  reservation: reservations.Reservation,
): Promise<'released' | 'kept' | 'unknown'> {
  const { reservationId } = reservation
  let outcome: 'kept' | 'unknown' = 'kept'
  try {
    const found = await followSession(deps, reservation)
    if (found === 'released') return found
  } catch {
    // Which error it was does not matter: without an answer from Stripe the hold stays, and a later run asks again.
    deps.log.warn('cannot tell whether a checkout was abandoned, its reservation is kept', { reservationId })
    outcome = 'unknown'
  }
  const at = new Date(deps.now().getTime() + ASK_AGAIN_MS)
  await inTransaction(deps.db, (tx) => reservations.askAgainAt(tx, reservationId, at))
  return outcome
}
