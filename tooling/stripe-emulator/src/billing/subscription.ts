import type { Emulation } from '../core/emulation.ts'
import { embeddedList } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import type { SessionCreate } from '../core/stored-session.ts'
import type { LineItem, Plan, Price, Subscription, SubscriptionItem } from '../core/wire.ts'
import { addInterval } from './period.ts'

export interface SubscriptionOrder {
  customer: string
  currency: string
  lines: readonly LineItem[]
  data: NonNullable<SessionCreate['subscription_data']>
  paymentMethod: string | null
  automaticTax: boolean
}

/** A subscription as it starts: trialing when the order has a trial, else active. */
export function addSubscription(emulation: Emulation, order: SubscriptionOrder): Subscription {
  const now = emulation.clock.now()
  const id = emulation.ids.next('sub_')
  const trialEnd = trialEndOf(order, now)
  const items = order.lines.flatMap(({ price, quantity }) => {
    if (price === null || price.recurring === null) return []
    const end = trialEnd ?? addInterval(now, price.recurring.interval, price.recurring.interval_count)
    return [buildItem(emulation, id, { price, quantity }, { current_period_start: now, current_period_end: end })]
  })
  return emulation.store.subscriptions.add({
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: order.automaticTax,
      liability: order.automaticTax ? { type: 'self' } : null,
    },
    billing_cycle_anchor: trialEnd ?? now,
    billing_cycle_anchor_config: null,
    billing_mode: billingModeOf(order.data.billing_mode?.type ?? 'flexible', now),
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: now,
    currency: order.currency,
    customer: order.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: order.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: order.data.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: { type: 'self' } },
    items: embeddedList(items, `/v1/subscription_items?subscription=${id}`),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, order.data.metadata),
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trialEnd === null ? 'active' : 'trialing',
    test_clock: emulation.store.customers.get(order.customer)?.test_clock ?? null,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: order.data.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
      },
    },
    trial_start: trialEnd === null ? null : now,
  })
}

/** Flexible is the default since clover. */
function billingModeOf(type: 'classic' | 'flexible', now: number): Subscription['billing_mode'] {
  return type === 'classic' ? { flexible: null, type } : { flexible: { proration_discounts: 'included' }, type, updated_at: now }
}

function trialEndOf({ data }: SubscriptionOrder, now: number): number | null {
  if (data.trial_end !== undefined) return data.trial_end
  return data.trial_period_days === undefined ? null : now + data.trial_period_days * 24 * 60 * 60
}

/** An item of a subscription, in the period of its other ones. */
export function buildItem(
  emulation: Emulation,
  subscription: string,
  { price, quantity }: { price: Price; quantity: number | null },
  period: Pick<SubscriptionItem, 'current_period_start' | 'current_period_end'>,
): SubscriptionItem {
  return {
    id: emulation.ids.next('si_', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: emulation.clock.now(),
    current_period_end: period.current_period_end,
    current_period_start: period.current_period_start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    ...(quantity === null ? {} : { quantity }),
    subscription,
    tax_rates: [],
  }
}

/** The older name of a recurring price, still sent beside it. */
export function planOf(price: Price): Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: null,
    trial_period_days: null,
    usage_type: price.recurring?.usage_type ?? 'licensed',
  }
}
