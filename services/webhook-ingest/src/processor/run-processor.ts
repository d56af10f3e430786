import { type EventOutcome, sweepStoredEvents, type WorkerDeps, whyFailed } from '@licenseoperator/billing'
import { releaseOverdueReservations } from '@licenseoperator/checkout'
import { isDomainError } from '@licenseoperator/domain'
import { every } from '../every.ts'

const SWEEP_EVERY_MS = 1000
const RESERVATIONS_EVERY_MS = 60_000

/** The processor's two clocks: stored events, and reservations that nobody paid for. Both end with the signal. */
export function runSweeps(deps: WorkerDeps, onOutcome: (outcome: EventOutcome) => void, signal: AbortSignal): Promise<unknown> {
  const failed = (what: string) => (error: unknown) => {
    if (!isDomainError(error, 'temporarily_unavailable'))
      deps.log.error(`${what} failed`, { reason: whyFailed(error, deps.reach) })
  }
  return Promise.all([
    every(SWEEP_EVERY_MS, signal, () => sweepStoredEvents(deps, onOutcome), failed('sweep of stored events')),
    every(RESERVATIONS_EVERY_MS, signal, () => releaseOverdueReservations(deps), failed('sweep of reservations')),
  ])
}
