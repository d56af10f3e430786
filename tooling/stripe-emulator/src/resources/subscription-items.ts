import type Stripe from 'stripe'
import { updateSubscription } from '../billing/update-subscription.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { listPage } from '../core/list.ts'
import { noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Subscription, SubscriptionItem, Wire } from '../core/wire.ts'

/** A subscription's items by their own address: the same changes as through the subscription. */
export const subscriptionItemRoutes: RouteTable = {
  'GET /v1/subscription_items': handler<Stripe.SubscriptionItemListParams>(({ emulation, params }) => {
    const subscription = owner(emulation, params.subscription)
    return listPage(subscription.items.data, params, '/v1/subscription_items')
  }),
  'GET /v1/subscription_items/{id}': ({ emulation, id }) => find(emulation, id).item,
  'POST /v1/subscription_items': handler<Wire<Stripe.SubscriptionItemCreateParams>>(({ emulation, params, cause }) => {
    refuseUnsupported(params, ['expand', 'metadata', 'price', 'proration_behavior', 'quantity', 'subscription'])
    const subscription = owner(emulation, params.subscription)
    const { subscription: _, proration_behavior: behavior, expand: __, ...item } = params
    updateSubscription(emulation, cause, subscription, { items: [item], ...(behavior && { proration_behavior: behavior }) })
    return subscription.items.data.at(-1) ?? {}
  }),
  'POST /v1/subscription_items/{id}': handler<Wire<Stripe.SubscriptionItemUpdateParams>>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['expand', 'price', 'proration_behavior', 'quantity'])
    const { subscription, item } = find(emulation, id)
    const { proration_behavior: behavior, expand: _, price, quantity } = params
    const change = { id, ...(price !== undefined && { price }), ...(quantity !== undefined && { quantity }) }
    updateSubscription(emulation, cause, subscription, { items: [change], ...(behavior && { proration_behavior: behavior }) })
    return item
  }),
  'DELETE /v1/subscription_items/{id}': handler<Stripe.SubscriptionItemDeleteParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['proration_behavior'])
    const { subscription } = find(emulation, id)
    const { proration_behavior: behavior } = params
    updateSubscription(emulation, cause, subscription, {
      items: [{ id, deleted: true }],
      ...(behavior && { proration_behavior: behavior }),
    })
    return { id, object: 'subscription_item', deleted: true }
  }),
}

function owner(emulation: Emulation, id: string | undefined): Subscription {
  const subscription = emulation.store.subscriptions.get(id ?? '')
  if (subscription === undefined || subscription.ended_at !== null)
    throw noSuchParameter('subscription', id ?? '', 'subscription')
  return subscription
}

function find(emulation: Emulation, id: string): { subscription: Subscription; item: SubscriptionItem } {
  for (const subscription of emulation.store.subscriptions.newestFirst()) {
    const item = subscription.items.data.find((entry) => entry.id === id)
    if (item !== undefined && subscription.ended_at === null) return { subscription, item }
  }
  throw noSuch('subscription_item', id)
}
