import { inTransaction, stripeEvents } from '@licenseoperator/db'
import type { EventOutcome } from '../handling/event-handler.ts'
import { processStored } from './process-stored.ts'
import { logRetry, SWEEP_LEASE_MS, type WorkerDeps } from './webhook-handler.ts'

/** Taken at once, and worked on side by side: one that waits for an answer that never comes does not hold up the others. */
const SWEEP_BATCH = 8

/** Works off the events that wait in MySQL: JetStream did not take them, or what they need was away for long. @returns how many were taken */
export async function sweepStoredEvents(deps: WorkerDeps, onOutcome: (outcome: EventOutcome) => void): Promise<number> {
  const now = deps.now()
  const due = await inTransaction(deps.db, (tx) =>
    stripeEvents.claimDue(tx, now, new Date(now.getTime() + SWEEP_LEASE_MS), SWEEP_BATCH),
  )
  await Promise.all(
    due.map(async (stored) => {
      const deliveryCount = stored.attempts + 1
      // What was tried before may have been mended at Stripe since, and reopened for that.
      const afresh = stored.attempts > 0
      const outcome = await processStored(deps, stored, { deliveryCount, afresh, secrets: deps.webhookSecrets })
      logRetry(deps, outcome, deliveryCount)
      onOutcome(outcome)
    }),
  )
  return due.length
}
