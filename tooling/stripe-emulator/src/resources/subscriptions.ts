import type Stripe from 'stripe'
import { billChange, changeItems } from '../billing/change-subscription.ts'
import { endSubscription } from '../billing/end-subscription.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Subscription, Wire } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

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
  'POST /v1/subscriptions/{id}': handler<Wire<Stripe.SubscriptionUpdateParams>>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, [
      'cancel_at',
      'cancel_at_period_end',
      'cancellation_details',
      'default_payment_method',
      'description',
      'expand',
      'items',
      'metadata',
      'proration_behavior',
    ])
    const subscription = find(emulation, id)
    if (subscription.ended_at !== null)
      throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.', 'id')
    const before = structuredClone(subscription)
    if (params.cancel_at_period_end !== undefined) scheduleCancellation(emulation, subscription, params.cancel_at_period_end)
    if (params.cancel_at !== undefined) setCancelAt(emulation, subscription, params.cancel_at)
    if (params.description !== undefined) subscription.description = params.description || null
    if (params.default_payment_method !== undefined) {
      if (emulation.store.paymentMethods.get(params.default_payment_method) === undefined) {
        throw noSuchParameter('PaymentMethod', params.default_payment_method, 'default_payment_method')
      }
      subscription.default_payment_method = params.default_payment_method
    }
    subscription.metadata = mergeMetadata(subscription.metadata, params.metadata)
    const lines = changeItems(emulation, subscription, params.items ?? [])
    const previous = changedFields(before, subscription)
    if (Object.keys(previous).length > 0) emit(emulation, cause, 'customer.subscription.updated', subscription, previous)
    billChange(emulation, subscription, lines, params.proration_behavior ?? 'create_prorations')
    return subscription
  }),
  'DELETE /v1/subscriptions/{id}': handler<Stripe.SubscriptionCancelParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['cancellation_details', 'expand', 'invoice_now', 'prorate'])
    if (params.invoice_now === true || params.prorate === true) {
      throw invalidRequest(
        'The emulator does not implement prorations.',
        params.prorate === true ? 'prorate' : 'invoice_now',
        'emulator_unsupported',
      )
    }
    const subscription = find(emulation, id)
    if (subscription.ended_at !== null) throw noSuch('subscription', id)
    return endSubscription(emulation, subscription, cause, 'cancellation_requested')
  }),
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
