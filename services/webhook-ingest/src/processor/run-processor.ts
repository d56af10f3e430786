import { type EventOutcome, type ProcessDeps, processEvent, releaseOverdueReservations } from '@licenseoperator/billing'
import { inTransaction, stripeEvents } from '@licenseoperator/db'
import { isDomainError } from '@licenseoperator/domain'
import type { ConsumedMessage, HandlerResult } from '@licenseoperator/events'
import { StripeWebhookMessage } from '@licenseoperator/events'
import { every } from '../every.ts'

/** Delay before an event is tried again, by the number of tries: what is away may be away for long. */
function retryDelayMs(tries: number): number {
  return Math.min(60_000, 500 * 2 ** Math.min(tries, 7))
}

/** How long a sweep of MySQL owns the events it took; a crash delays them by this. */
const SWEEP_LEASE_MS = 30_000
const SWEEP_EVERY_MS = 1000
const RESERVATIONS_EVERY_MS = 60_000

/** Turns a message of the webhook stream into its outcome: final ones are acknowledged, the rest comes back later. */
export function webhookHandler(
  deps: ProcessDeps,
  onOutcome: (outcome: EventOutcome) => void,
): (message: ConsumedMessage) => Promise<HandlerResult> {
  return async (message) => {
    const { payload, receivedAt } = StripeWebhookMessage.parse(JSON.parse(Buffer.from(message.data).toString()))
    const outcome = await processEvent(deps, { payload, receivedAt: new Date(receivedAt), deliveryCount: message.deliveryCount })
    onOutcome(outcome)
    return outcome.kind === 'retry' ? { kind: 'retry', afterMs: retryDelayMs(message.deliveryCount) } : { kind: 'done' }
  }
}

/** Works off the events that went to MySQL because JetStream did not take them. @returns how many were taken */
export async function sweepStoredEvents(deps: ProcessDeps, onOutcome: (outcome: EventOutcome) => void): Promise<number> {
  const now = deps.now()
  const due = await inTransaction(deps.db, (tx) => stripeEvents.claimDue(tx, now, new Date(now.getTime() + SWEEP_LEASE_MS), 20))
  for (const event of due) {
    onOutcome(
      await processEvent(deps, {
        payload: event.payload.toString(),
        receivedAt: event.receivedAt,
        deliveryCount: event.attempts + 1,
      }),
    )
  }
  return due.length
}

/** The processor's two clocks: stored events, and reservations that nobody paid for. Both end with the signal. */
export function runSweeps(deps: ProcessDeps, onOutcome: (outcome: EventOutcome) => void, signal: AbortSignal): Promise<unknown> {
  const failed = (what: string) => (error: unknown) => {
    if (!isDomainError(error, 'temporarily_unavailable'))
      deps.log.error(`${what} failed`, { reason: error instanceof Error ? error.name : 'unknown' })
  }
  return Promise.all([
    every(SWEEP_EVERY_MS, signal, () => sweepStoredEvents(deps, onOutcome), failed('sweep of stored events')),
    every(RESERVATIONS_EVERY_MS, signal, () => releaseOverdueReservations(deps), failed('sweep of reservations')),
  ])
}
