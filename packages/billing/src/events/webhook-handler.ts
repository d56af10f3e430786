import { isDomainError } from '@licenseoperator/domain'
import { type ConsumedMessage, type HandlerResult, StripeWebhookMessage } from '@licenseoperator/events'
import { isSignedByStripe } from '@licenseoperator/stripe'
import type { EventOutcome, ProcessDeps } from '../handling/event-handler.ts'
import { type IncomingEvent, postponeEvent, processEvent } from './process-event.ts'
import { isStripeEvent, type Refusal, refuseMessage } from './refuse-message.ts'

/** Delay before an event is tried again, by the number of tries: what is away may be away for long. */
export function retryDelayMs(tries: number): number {
  return Math.min(60_000, 500 * 2 ** Math.min(tries, 7))
}

/** How long a sweep of MySQL owns the events it took; a crash delays them by this. */
export const SWEEP_LEASE_MS = 30_000
/** After so many deliveries an event waits in MySQL: JetStream delivers no further ones while many are undone. */
const DELIVERIES_BEFORE_WAITING = 5

/** What the processor works with beyond the handlers of events. */
export interface WorkerDeps extends ProcessDeps {
  /** Whoever may publish to the stream or write to MySQL is not Stripe: what they bring is verified again, with these. */
  readonly webhookSecrets: readonly string[]
  /** Told of each message that is no event of Stripe's: what an alert watches. */
  readonly onRefused?: (refusal: Refusal) => void
}

/** Turns a message of the webhook stream into its outcome: final ones are acknowledged, the rest comes back later. */
export function webhookHandler(
  deps: WorkerDeps,
  onOutcome: (outcome: EventOutcome) => void,
): (message: ConsumedMessage) => Promise<HandlerResult> {
  return async (message) => {
    const read = readMessage(deps, message)
    if (typeof read === 'string') return refuse(deps, message, read, onOutcome)
    const outcome = await processEvent(deps, read)
    onOutcome(outcome)
    if (outcome.kind !== 'retry') return { kind: 'done' }
    logRetry(deps, outcome, message.deliveryCount)
    if (message.deliveryCount < DELIVERIES_BEFORE_WAITING || !(await waitsInMysql(deps, read, outcome.reason)))
      return { kind: 'retry', afterMs: retryDelayMs(message.deliveryCount) }
    return { kind: 'done' }
  }
}

/** The event in a message, or why there is none of Stripe's in it. */
function readMessage(deps: WorkerDeps, { data, deliveryCount }: ConsumedMessage): IncomingEvent | Refusal {
  const message = asWebhookMessage(data)
  if (message === undefined) return 'no message'
  const { payload, signature, receivedAt } = message
  if (!isStripeEvent(payload)) return 'no event'
  if (!isSignedByStripe(deps.stripe, payload, signature, deps.webhookSecrets)) return 'unsigned'
  return { payload, signature, receivedAt: new Date(receivedAt), deliveryCount }
}

function asWebhookMessage(data: Uint8Array): StripeWebhookMessage | undefined {
  try {
    return StripeWebhookMessage.parse(JSON.parse(Buffer.from(data).toString()))
  } catch {
    return undefined
  }
}

/** Ends with what is no event of Stripe's: it would be delivered for ever and keep others from being delivered. It is kept as evidence, and the log says so. */
async function refuse(
  deps: WorkerDeps,
  message: ConsumedMessage,
  refusal: Refusal,
  onOutcome: (outcome: EventOutcome) => void,
): Promise<HandlerResult> {
  const { data, deliveryCount, publishedAt: receivedAt } = message
  const { payload, signature = '' } = asWebhookMessage(data) ?? { payload: Buffer.from(data).toString() }
  try {
    const outcome = await refuseMessage(deps, { payload, signature, receivedAt }, refusal)
    deps.onRefused?.(refusal)
    onOutcome(outcome)
    return { kind: 'done' }
  } catch (error) {
    if (!isDomainError(error, 'temporarily_unavailable')) throw error
    return { kind: 'retry', afterMs: retryDelayMs(deliveryCount) }
  }
}

/** What keeps coming back without a word would be looked for in vain. */
export function logRetry({ log }: Pick<ProcessDeps, 'log'>, outcome: EventOutcome, tries: number): void {
  if (outcome.kind === 'retry')
    log.warn('stripe event is tried again later', { eventId: outcome.eventId, reason: outcome.reason, tries })
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
