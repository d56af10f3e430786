import { byItself, type Cause, type Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Subscription } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { billChange, startPeriodNow } from './change-subscription.ts'
import { subscriptionLines } from './subscription-lines.ts'

/** Nothing is billed any more until it is resumed. @throws StripeError unless it is active */
export function pauseSubscription(emulation: Emulation, cause: Cause, subscription: Subscription): Subscription {
  if (subscription.status !== 'active') throw invalidRequest(`This subscription is ${subscription.status}.`, 'id')
  subscription.status = 'paused'
  emit(emulation, cause, 'customer.subscription.updated', subscription, { status: 'active' })
  emit(emulation, byItself, 'customer.subscription.paused', subscription)
  return subscription
}

/** A new period begins now, with an invoice. @throws StripeError unless it is paused */
export function resumeSubscription(emulation: Emulation, cause: Cause, subscription: Subscription): Subscription {
  if (subscription.status !== 'paused') throw invalidRequest('This subscription is not paused.', 'id')
  subscription.status = 'active'
  for (const item of subscription.items.data) startPeriodNow(emulation, subscription, item)
  emit(emulation, cause, 'customer.subscription.updated', subscription, { status: 'paused' })
  emit(emulation, byItself, 'customer.subscription.resumed', subscription)
  billChange(emulation, subscription, subscriptionLines(emulation, subscription, { trial: false, coupon: undefined }), 'none')
  return subscription
}
