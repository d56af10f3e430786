import type Stripe from 'stripe'
import { checkOffered, updateOffer } from '../billing/portal-offer.ts'
import type { Emulation } from '../core/emulation.ts'
import { invalidRequest, missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { PortalConfiguration, PortalSession, Subscription, Wire } from '../core/wire.ts'

type FlowData = Wire<Stripe.BillingPortal.SessionCreateParams.FlowData>
type Flow = NonNullable<PortalSession['flow']>

/** The one step a portal link leads to. @throws StripeError when it is not possible for this customer and configuration */
export function buildFlow(emulation: Emulation, configuration: PortalConfiguration, customer: string, data: FlowData): Flow {
  const { type } = data
  const step = subscriptionStep(type)
  refuseUnsupported(data, ['type', 'after_completion', ...(step === null ? [] : [step])], 'flow_data')
  const flow: Flow = {
    after_completion: afterCompletion(data.after_completion),
    customer_update: null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type,
  }
  if (step === null) {
    if (!configuration.features.payment_method_update.enabled) throw featureOff('payment method update')
    return flow
  }
  const details = data[step]
  const path = `flow_data[${step}]`
  if (details === undefined) throw missingParameter(path)
  const subscription = ownSubscription(emulation, customer, details.subscription, `${path}[subscription]`)
  if (step === 'subscription_cancel') {
    refuseUnsupported(details, ['subscription'], path)
    if (!configuration.features.subscription_cancel.enabled) throw featureOff('subscription cancel')
    if (subscription.cancel_at !== null)
      throw invalidRequest('The subscription is already set to be canceled.', `${path}[subscription]`)
    return { ...flow, subscription_cancel: { retention: null, subscription: subscription.id } }
  }
  if (!configuration.features.subscription_update.enabled) throw featureOff('subscription update')
  const offer = updateOffer(emulation, configuration, subscription)
  if (offer === null) {
    const message = 'The subscription has nothing that can be updated with this portal configuration.'
    throw invalidRequest(message, `${path}[subscription]`)
  }
  if (step === 'subscription_update') return { ...flow, subscription_update: { subscription: subscription.id } }
  refuseUnsupported(details, ['items', 'subscription'], path)
  const [item, ...others] = data.subscription_update_confirm?.items ?? []
  if (item === undefined) throw missingParameter(`${path}[items]`)
  if (others.length > 0) throw invalidRequest('Only one item can be updated.', `${path}[items]`)
  if (item.id !== offer.item.id) throw noSuchParameter('subscription_item', item.id, `${path}[items][0][id]`)
  const { price = offer.item.price.id, quantity = offer.item.quantity ?? 1 } = item
  checkOffered(offer, price, quantity, `${path}[items][0]`)
  const confirm = { discounts: null, items: [{ id: item.id, price, quantity }], subscription: subscription.id }
  return { ...flow, subscription_update_confirm: confirm }
}

/** The step about a subscription, named like the parameter with its details; `null` for the card. @throws StripeError for any other */
function subscriptionStep(type: string): 'subscription_cancel' | 'subscription_update' | 'subscription_update_confirm' | null {
  switch (type) {
    case 'payment_method_update':
      return null
    case 'subscription_cancel':
    case 'subscription_update':
    case 'subscription_update_confirm':
      return type
    default:
      throw invalidRequest(`The emulator's portal has no step ${type}.`, 'flow_data[type]', 'emulator_unsupported')
  }
}

function afterCompletion(given: FlowData['after_completion']): Flow['after_completion'] {
  const { type = 'portal_homepage', redirect, hosted_confirmation: confirmation } = given ?? {}
  if (type === 'redirect' && redirect === undefined) throw missingParameter('flow_data[after_completion][redirect]')
  return {
    hosted_confirmation: type === 'hosted_confirmation' ? { custom_message: confirmation?.custom_message ?? null } : null,
    redirect: type === 'redirect' && redirect !== undefined ? { return_url: redirect.return_url } : null,
    type,
  }
}

function ownSubscription({ store }: Emulation, customer: string, id: string, param: string): Subscription {
  const subscription = store.subscriptions.get(id)
  if (subscription === undefined) throw noSuchParameter('subscription', id, param)
  if (subscription.customer !== customer)
    throw invalidRequest(`The subscription ${id} does not belong to the customer ${customer}.`, param)
  if (subscription.ended_at !== null) throw invalidRequest(`The subscription ${id} is already canceled.`, param)
  return subscription
}

function featureOff(feature: string): Error {
  return invalidRequest(`The ${feature} feature in the portal configuration is disabled.`, 'flow_data[type]')
}
