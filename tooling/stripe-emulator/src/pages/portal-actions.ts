import { creditUnusedTime } from '../billing/change-subscription.ts'
import { endSubscription } from '../billing/end-subscription.ts'
import { checkOffered, updateOffer } from '../billing/portal-offer.ts'
import { replaceCard } from '../billing/replace-card.ts'
import { updateSubscription } from '../billing/update-subscription.ts'
import { readCard } from '../checkout/complete-session.ts'
import { changedFields } from '../core/changed-fields.ts'
import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest, StripeError } from '../core/stripe-error.ts'
import type { Customer, PortalConfiguration, PortalSession, Subscription } from '../core/wire.ts'
import { buildAddress } from '../customers/build-customer.ts'
import { emit } from '../webhooks/emit.ts'
import type { PageProblem } from './checkout-page.ts'
import { expiryIn } from './checkout-routes.ts'

/** What a visitor of the portal has before them. */
export interface PortalView {
  configuration: PortalConfiguration
  customer: Customer
  returnUrl: string | null
  /** The one step to take; `null` for everything the configuration allows. */
  flow: PortalSession['flow']
}

export type PortalForm = ReadonlyMap<string, string>

/** Address fields as the page asks for them. */
export const addressFields = ['line1', 'line2', 'postal_code', 'city', 'state', 'country'] as const

const stepActions: Readonly<Record<string, string>> = {
  payment_method_update: 'card',
  subscription_cancel: 'cancel',
  subscription_update: 'update',
  subscription_update_confirm: 'confirm',
}

/** Does what a form of the portal asks for. @returns what is wrong with it, `null` when it was done */
export function performPortalAction(
  emulation: Emulation,
  view: PortalView,
  form: PortalForm,
): (PageProblem & { status: 400 | 402 }) | null {
  try {
    perform(emulation, view, form)
    return null
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    const { message, param = '' } = error.fields
    return { field: param, message, status: error.status === 402 ? 402 : 400 }
  }
}

function perform(emulation: Emulation, view: PortalView, form: PortalForm): void {
  const { configuration, customer, flow } = view
  const { features } = configuration
  const action = form.get('action') ?? ''
  if (flow !== null && stepActions[flow.type] !== action) throw invalidRequest('This link leads to another step.')
  if (action === 'card' && features.payment_method_update.enabled) changeCard(emulation, customer, form)
  else if (action === 'details' && features.customer_update.enabled) changeDetails(emulation, view, form)
  else if (action === 'cancel' && features.subscription_cancel.enabled)
    cancel(emulation, configuration, chosen(emulation, view, form), form)
  else if (action === 'undo' && features.subscription_cancel.enabled) keep(emulation, chosen(emulation, view, form))
  else if (action === 'update')
    change(emulation, configuration, chosen(emulation, view, form), form.get('price'), form.get('quantity'))
  else if (action === 'confirm') {
    const [item] = flow?.subscription_update_confirm?.items ?? []
    change(emulation, configuration, chosen(emulation, view, form), item?.price, item?.quantity)
  } else throw invalidRequest('This cannot be done here.')
}

/** The subscription of the portal's one step. */
export function subscriptionOf(flow: PortalSession['flow']): string | undefined {
  return (flow?.subscription_cancel ?? flow?.subscription_update ?? flow?.subscription_update_confirm)?.subscription
}

function chosen({ store }: Emulation, { customer, flow }: PortalView, form: PortalForm): Subscription {
  const subscription = store.subscriptions.get(subscriptionOf(flow) ?? form.get('subscription') ?? '')
  if (subscription === undefined || subscription.customer !== customer.id || subscription.ended_at !== null)
    throw invalidRequest('There is no such subscription, or it has ended.')
  return subscription
}

function changeCard(emulation: Emulation, customer: Customer, form: PortalForm): void {
  const number = form.get('card_number') ?? ''
  const expiry = expiryIn(form.get('expiry') ?? '')
  const card = readCard(emulation, { card: number, cvc: form.get('cvc') ?? '', ...expiry })
  if ('message' in card) throw invalidRequest(card.message, card.field === 'card' ? 'card_number' : card.field)
  if (card.refusal !== undefined) {
    const { code, message } = card.refusal
    throw new StripeError(402, { type: 'card_error', code, message, param: 'card_number' })
  }
  replaceCard(emulation, customer.id, number, { month: expiry.expiryMonth, year: expiry.expiryYear })
}

function changeDetails(emulation: Emulation, { configuration, customer }: PortalView, form: PortalForm): void {
  const allowed = configuration.features.customer_update.allowed_updates
  const before = structuredClone(customer)
  if (allowed.includes('email')) {
    const email = form.get('email') ?? ''
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw invalidRequest('Enter a valid email address.', 'email')
    customer.email = email
  }
  if (allowed.includes('name')) customer.name = form.get('name') || null
  if (allowed.includes('phone')) customer.phone = form.get('phone') || null
  if (allowed.includes('address')) {
    const typed = Object.fromEntries(addressFields.map((field) => [field, form.get(field) || null]))
    customer.address = Object.values(typed).every((value) => value === null) ? null : buildAddress(typed)
  }
  const previous = changedFields(before, customer)
  if (Object.keys(previous).length > 0) emit(emulation, byItself, 'customer.updated', customer, previous)
}

function cancel(emulation: Emulation, { features }: PortalConfiguration, subscription: Subscription, form: PortalForm): void {
  const { cancellation_reason: reason, mode, proration_behavior: proration } = features.subscription_cancel
  const feedback = reason.enabled ? reason.options.find((option) => option === form.get('feedback')) : undefined
  const comment = reason.enabled ? form.get('comment') : undefined
  const details: Subscription['cancellation_details'] = {
    comment: comment || null,
    feedback: feedback ?? null,
    feedback_option: null,
    reason: 'cancellation_requested',
  }
  if (subscription.cancel_at !== null && mode === 'at_period_end')
    throw invalidRequest('The subscription is already set to be canceled.')
  if (mode === 'immediately') {
    if (proration === 'create_prorations') creditUnusedTime(emulation, subscription)
    subscription.cancellation_details = details
    endSubscription(emulation, subscription, byItself, 'cancellation_requested')
    return
  }
  const before = structuredClone(subscription)
  subscription.cancel_at = Math.max(...subscription.items.data.map((item) => item.current_period_end))
  // In flexible mode the portal schedules a date; only classic subscriptions are marked as ending with their period.
  subscription.cancel_at_period_end = subscription.billing_mode.type === 'classic'
  subscription.canceled_at = emulation.clock.now()
  subscription.cancellation_details = details
  emit(emulation, byItself, 'customer.subscription.updated', subscription, changedFields(before, subscription))
}

function keep(emulation: Emulation, subscription: Subscription): void {
  if (subscription.cancel_at === null) throw invalidRequest('The subscription is not set to be canceled.')
  updateSubscription(emulation, byItself, subscription, { cancel_at: '' })
}

function change(
  emulation: Emulation,
  configuration: PortalConfiguration,
  subscription: Subscription,
  priceTyped: string | null | undefined,
  quantityTyped: string | number | undefined,
): void {
  const offer = updateOffer(emulation, configuration, subscription)
  if (offer === null) throw invalidRequest('This subscription cannot be changed here.')
  const price = priceTyped ?? offer.item.price.id
  const quantity = Number(quantityTyped ?? offer.item.quantity ?? 1)
  const { proration_behavior: behavior, trial_update_behavior: trial } = configuration.features.subscription_update
  checkOffered(offer, price, quantity, subscription.id)
  const endsTrial = subscription.status === 'trialing' && trial === 'end_trial'
  updateSubscription(emulation, byItself, subscription, {
    items: [{ id: offer.item.id, price, quantity }],
    proration_behavior: behavior,
    ...(endsTrial ? { trial_end: 'now' } : {}),
  })
}
