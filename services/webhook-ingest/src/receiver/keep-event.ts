import { whyFailed } from '@licenseoperator/billing'
import { type Db, inTransaction, stripeEvents } from '@licenseoperator/db'
import { DomainError, type Log, rfc3339 } from '@licenseoperator/domain'
import type { StripeWebhookMessage } from '@licenseoperator/events'
import type { StripeEvent } from '@licenseoperator/stripe'

/** Stores a message in the webhook stream under a message id. @throws when there is no PubAck in time, or the message is too large */
export type WebhookPublisher = (message: { data: Uint8Array; messageId: string }) => Promise<void>

export interface VerifiedEvent {
  readonly event: StripeEvent
  readonly payload: string
  readonly signature: string
  readonly receivedAt: Date
}

/**
 * Puts an event on disk: into JetStream, or into MySQL when JetStream does not take it.
 *
 * @returns which store has it
 * @throws DomainError `temporarily_unavailable` when neither has
 */
export async function keepEvent(
  deps: { db: Db; publish: WebhookPublisher; log: Log },
  verified: VerifiedEvent,
): Promise<'jetstream' | 'mysql'> {
  const { event, payload, signature, receivedAt } = verified
  const message: StripeWebhookMessage = { payload, signature, receivedAt: rfc3339(receivedAt) }
  try {
    await deps.publish({ data: Buffer.from(JSON.stringify(message)), messageId: event.id })
    return 'jetstream'
  } catch (error) {
    // Whatever the reason (away, full, too large), the other store is the answer; the name says which it was.
    deps.log.warn('event goes to MySQL because JetStream did not take it', {
      eventId: event.id,
      reason: whyFailed(error),
    })
  }
  const { id: eventId, type, apiVersion } = event
  const arrived = { eventId, type, apiVersion, payload: Buffer.from(payload), receivedAt, signature }
  try {
    await inTransaction(deps.db, (tx) => stripeEvents.receive(tx, arrived))
    return 'mysql'
  } catch (error) {
    throw error instanceof DomainError
      ? error
      : new DomainError('temporarily_unavailable', 'temporarily unavailable', { retryAfterSeconds: 10, cause: error })
  }
}
