import type Stripe from 'stripe'
import { billPending, creditUnusedTime } from '../billing/change-subscription.ts'
import { createSubscription } from '../billing/create-subscription.ts'
import { endSubscription } from '../billing/end-subscription.ts'
import { pauseSubscription, resumeSubscription } from '../billing/pause-subscription.ts'
import { noteReasons, updateSubscription } from '../billing/update-subscription.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { invalidRequest, noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Subscription, Wire } from '../core/wire.ts'

export const subscriptionRoutes: RouteTable = {
  'GET /v1/subscriptions': handler<Stripe.SubscriptionListParams>(({ emulation, params }) => {
    refuseUnsupported(params, [
      'created',
      'customer',
      'ending_before',
      'expand',
      'limit',
      'price',
      'starting_after',
      'status',
      'test_clock',
    ])
    const { status } = params
    const items = emulation.store.subscriptions
      .newestFirst()
      .filter((entry) => (status === undefined ? entry.status !== 'canceled' : status === 'all' || hasStatus(entry, status)))
      .filter((entry) => params.customer !== undefined || entry.test_clock === (params.test_clock ?? null))
      .filter((entry) => params.customer === undefined || entry.customer === params.customer)
      .filter((entry) => params.price === undefined || entry.items.data.some((item) => item.price.id === params.price))
      .filter((entry) => inRange(entry.created, params.created))
    return listPage(items, params, '/v1/subscriptions')
  }),
  'GET /v1/subscriptions/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/subscriptions': handler<Wire<Stripe.SubscriptionCreateParams>>(({ emulation, params, cause }) =>
    createSubscription(emulation, cause, params),
  ),
  'POST /v1/subscriptions/{id}': handler<Wire<Stripe.SubscriptionUpdateParams>>(({ emulation, params, id, cause }) =>
    updateSubscription(emulation, cause, notEnded(find(emulation, id)), params),
  ),
  'POST /v1/subscriptions/{id}/pause': handler<Stripe.SubscriptionPauseParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['expand', 'type'])
    return pauseSubscription(emulation, cause, notEnded(find(emulation, id)))
  }),
  'POST /v1/subscriptions/{id}/resume': handler<Stripe.SubscriptionResumeParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['billing_cycle_anchor', 'expand'])
    if ((params.billing_cycle_anchor?.type ?? 'now') !== 'now')
      throw invalidRequest('The emulator resumes with a new period.', 'billing_cycle_anchor', 'emulator_unsupported')
    return resumeSubscription(emulation, cause, notEnded(find(emulation, id)))
  }),
  'DELETE /v1/subscriptions/{id}': handler<Stripe.SubscriptionCancelParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['cancellation_details', 'expand', 'invoice_now', 'prorate'])
    const subscription = find(emulation, id)
    if (subscription.ended_at !== null) throw noSuch('subscription', id)
    noteReasons(subscription, params.cancellation_details)
    if (params.prorate === true) creditUnusedTime(emulation, subscription)
    if (params.invoice_now === true) billPending(emulation, subscription)
    return endSubscription(emulation, subscription, cause, 'cancellation_requested')
  }),
}

function notEnded(subscription: Subscription): Subscription {
  if (subscription.ended_at !== null)
    throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.', 'id')
  return subscription
}

function find(emulation: Emulation, id: string): Subscription {
  const subscription = emulation.store.subscriptions.get(id)
  if (subscription === undefined) throw noSuch('subscription', id)
  return subscription
}

function hasStatus(subscription: Subscription, status: string): boolean {
  if (status === 'ended') return subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
  return subscription.status === status
}
