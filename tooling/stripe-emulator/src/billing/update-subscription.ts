import type Stripe from 'stripe'
import { changedFields } from '../core/changed-fields.ts'
import type { Cause, Emulation } from '../core/emulation.ts'
import type { InvoiceLineOrder } from '../core/invoice-line-order.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Subscription, Wire } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { billChange, changeItems, startPeriodNow } from './change-subscription.ts'
import { giveDiscount } from './discount.ts'
import { subscriptionLines } from './subscription-lines.ts'

const supported = [
  ...['cancel_at', 'cancel_at_period_end', 'cancellation_details', 'default_payment_method', 'description', 'discounts'],
  ...['expand', 'items', 'metadata', 'pause_collection', 'proration_behavior', 'trial_end'],
]

/** Changes a subscription, tells what changed, and bills what the change costs. @throws StripeError for what cannot be */
export function updateSubscription(
  emulation: Emulation,
  cause: Cause,
  subscription: Subscription,
  params: Wire<Stripe.SubscriptionUpdateParams>,
): Subscription {
  refuseUnsupported(params, supported)
  const before = structuredClone(subscription)
  if (params.cancel_at_period_end !== undefined) scheduleCancellation(emulation, subscription, params.cancel_at_period_end)
  if (params.cancel_at !== undefined) setCancelAt(emulation, subscription, params.cancel_at)
  noteReasons(subscription, params.cancellation_details)
  if (params.description !== undefined) subscription.description = params.description || null
  if (params.default_payment_method !== undefined) {
    if (emulation.store.paymentMethods.get(params.default_payment_method) === undefined)
      throw noSuchParameter('PaymentMethod', params.default_payment_method, 'default_payment_method')
    subscription.default_payment_method = params.default_payment_method
  }
  if (params.discounts !== undefined) giveDiscount(emulation, subscription, params.discounts || [])
  if (params.pause_collection !== undefined) {
    const { behavior, resumes_at: resumesAt = null } = params.pause_collection || {}
    subscription.pause_collection = behavior === undefined ? null : { behavior, resumes_at: resumesAt }
  }
  subscription.metadata = mergeMetadata(subscription.metadata, params.metadata)
  const trialLines = params.trial_end === undefined ? [] : moveTrialEnd(emulation, subscription, params.trial_end)
  const lines = [...trialLines, ...changeItems(emulation, subscription, params.items ?? [])]
  const previous = changedFields(before, subscription)
  if (Object.keys(previous).length > 0) emit(emulation, cause, 'customer.subscription.updated', subscription, previous)
  billChange(emulation, subscription, lines, params.proration_behavior ?? 'create_prorations')
  return subscription
}

/** What the customer said about leaving. */
export function noteReasons(
  subscription: Subscription,
  said: { comment?: string | null; feedback?: NonNullable<Subscription['cancellation_details']>['feedback'] | '' } | undefined,
): void {
  if (said === undefined) return
  const { comment, feedback } = said
  subscription.cancellation_details = {
    feedback_option: null,
    reason: null,
    ...subscription.cancellation_details,
    comment: comment === undefined ? (subscription.cancellation_details?.comment ?? null) : comment || null,
    feedback: feedback === undefined ? (subscription.cancellation_details?.feedback ?? null) : feedback || null,
  }
}

/** A trial that ends now is followed by a paid period at once; its end can also be moved. */
function moveTrialEnd(emulation: Emulation, subscription: Subscription, trialEnd: 'now' | number): InvoiceLineOrder[] {
  if (subscription.status !== 'trialing')
    throw invalidRequest('The emulator moves the end of a running trial only.', 'trial_end', 'emulator_unsupported')
  if (trialEnd === 'now') {
    subscription.status = 'active'
    subscription.trial_end = emulation.clock.now()
    for (const item of subscription.items.data) startPeriodNow(emulation, subscription, item)
    return subscriptionLines(emulation, subscription, { trial: false, coupon: undefined })
  }
  if (trialEnd <= emulation.clock.now()) throw invalidRequest('Invalid timestamp: must be in the future', 'trial_end')
  subscription.trial_end = trialEnd
  subscription.billing_cycle_anchor = trialEnd
  for (const item of subscription.items.data) item.current_period_end = trialEnd
  return []
}

function scheduleCancellation(emulation: Emulation, subscription: Subscription, atPeriodEnd: boolean): void {
  const periodEnd = Math.max(...subscription.items.data.map((item) => item.current_period_end))
  subscription.cancel_at_period_end = atPeriodEnd
  subscription.cancel_at = atPeriodEnd ? periodEnd : null
  noteCancellation(emulation, subscription, atPeriodEnd)
}

function setCancelAt(emulation: Emulation, subscription: Subscription, cancelAt: unknown): void {
  if (cancelAt === '') {
    subscription.cancel_at = null
    subscription.cancel_at_period_end = false
    noteCancellation(emulation, subscription, false)
    return
  }
  const ends = subscription.items.data.map((item) => item.current_period_end)
  const at = cancelAt === 'min_period_end' ? Math.min(...ends) : cancelAt === 'max_period_end' ? Math.max(...ends) : cancelAt
  if (typeof at !== 'number')
    throw invalidRequest(`The emulator does not implement cancel_at: ${String(cancelAt)}`, 'cancel_at', 'emulator_unsupported')
  if (at <= emulation.clock.now()) throw invalidRequest('The cancel_at timestamp must be in the future.', 'cancel_at')
  subscription.cancel_at = at
  noteCancellation(emulation, subscription, true)
}

/** When the request was made, and why; both cleared when it is undone. */
function noteCancellation(emulation: Emulation, subscription: Subscription, requested: boolean): void {
  subscription.canceled_at = requested ? emulation.clock.now() : null
  subscription.cancellation_details = {
    comment: null,
    feedback: null,
    feedback_option: null,
    reason: requested ? 'cancellation_requested' : null,
  }
}
