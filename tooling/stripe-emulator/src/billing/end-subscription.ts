import type { Cause, Emulation } from '../core/emulation.ts'
import type { Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

/** The subscription is over now: `customer.subscription.deleted`, no new invoice. */
export function endSubscription(
  emulation: Emulation,
  subscription: Subscription,
  cause: Cause,
  reason: 'cancellation_requested' | 'payment_failed' | 'payment_disputed',
): Subscription {
  const now = emulation.clock.now()
  subscription.status = 'canceled'
  subscription.canceled_at ??= now
  subscription.ended_at = now
  subscription.cancellation_details = {
    comment: null,
    feedback: null,
    feedback_option: null,
    ...subscription.cancellation_details,
    reason,
  }
  emit(emulation, cause, 'customer.subscription.deleted', subscription)
  return subscription
}
