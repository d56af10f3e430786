import {
  type EventOutcome,
  type IncomingEvent,
  type ProcessDeps,
  postponeEvent,
  processEvent,
  releaseOverdueReservations,
} from '@licenseoperator/billing'
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
/** Taken at once, and worked on side by side: one that waits for an answer that never comes does not hold up the others. */
const SWEEP_BATCH = 8
/** After so many deliveries an event waits in MySQL: JetStream delivers no further ones while many are undone. */
const MAX_DELIVERIES = 5
const SWEEP_EVERY_MS = 1000
const RESERVATIONS_EVERY_MS = 60_000

/** Turns a message of the webhook stream into its outcome: final ones are acknowledged, the rest comes back later. */
export function webhookHandler(
  deps: ProcessDeps,
  onOutcome: (outcome: EventOutcome) => void,
): (message: ConsumedMessage) => Promise<HandlerResult> {
  return async (message) => {
    const read = readMessage(message)
    if (read === undefined) {
      // Not from the receiver, which publishes nothing else: no event is lost, and it must not keep others from being delivered.
      deps.log.error('a message of the webhook stream is no event', { messageId: message.messageId })
      return { kind: 'done' }
    }
    const { payload, receivedAt } = read
    const incoming = { payload, receivedAt: new Date(receivedAt), deliveryCount: message.deliveryCount }
    const outcome = await processEvent(deps, incoming)
    onOutcome(outcome)
    if (outcome.kind !== 'retry') return { kind: 'done' }
    if (message.deliveryCount < MAX_DELIVERIES || !(await waitsInMysql(deps, incoming, outcome.reason)))
      return { kind: 'retry', afterMs: retryDelayMs(message.deliveryCount) }
    return { kind: 'done' }
  }
}

function readMessage({ data }: ConsumedMessage): StripeWebhookMessage | undefined {
  try {
    return StripeWebhookMessage.parse(JSON.parse(Buffer.from(data).toString()))
  } catch {
    return undefined
  }
}

/** @returns false when MySQL is away: then the event has to stay where it is */
async function waitsInMysql(deps: ProcessDeps, incoming: IncomingEvent, reason: string): Promise<boolean> {
  try {
    await postponeEvent(deps, incoming, reason, new Date(deps.now().getTime() + SWEEP_LEASE_MS))
    return true
  } catch (error) {
    if (isDomainError(error, 'temporarily_unavailable')) return false
    throw error
  }
}

/** Works off the events that wait in MySQL: JetStream did not take them, or what they need was away for long. @returns how many were taken */
export async function sweepStoredEvents(deps: ProcessDeps, onOutcome: (outcome: EventOutcome) => void): Promise<number> {
  const now = deps.now()
  const due = await inTransaction(deps.db, (tx) =>
    stripeEvents.claimDue(tx, now, new Date(now.getTime() + SWEEP_LEASE_MS), SWEEP_BATCH),
  )
  await Promise.all(
    due.map(async ({ payload, receivedAt, attempts }) =>
      onOutcome(await processEvent(deps, { payload: payload.toString(), receivedAt, deliveryCount: attempts + 1 })),
    ),
  )
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
