import type Stripe from 'stripe'
import type { Emulation } from '../core/emulation.ts'
import { invalidRequest, missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { PortalConfiguration, Wire } from '../core/wire.ts'

type Features = PortalConfiguration['features']
type FeatureChanges = Wire<Stripe.BillingPortal.ConfigurationUpdateParams.Features>
type UpdateChanges = NonNullable<FeatureChanges['subscription_update']>
type OfferedProduct = NonNullable<Features['subscription_update']['products']>[number]

/** What a customer can change about themselves on the portal's page. */
export const customerUpdates = ['address', 'email', 'name', 'phone'] as const
const mostProducts = 10

export const everythingOff: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: [
        'customer_service',
        'low_quality',
        'missing_features',
        'switched_service',
        'too_complex',
        'too_expensive',
        'unused',
      ],
    },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: {
    duration: { interval_options: [{ interval: 'month', interval_count: 1 }], type: 'interval_options' },
    enabled: false,
  },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: [],
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
}

/** All that the page can do. No products are named: the other prices of what the customer has are offered. */
export const everythingOn: Features = {
  ...everythingOff,
  customer_update: { allowed_updates: [...customerUpdates], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: {
    ...everythingOff.subscription_cancel,
    cancellation_reason: { ...everythingOff.subscription_cancel.cancellation_reason, enabled: true },
    enabled: true,
  },
  subscription_update: {
    ...everythingOff.subscription_update,
    default_allowed_updates: ['price', 'quantity'],
    enabled: true,
    proration_behavior: 'create_prorations',
  },
}

/** Changes the features that are named, and of them the fields that are named. @throws StripeError for what cannot be */
export function mergeFeatures(emulation: Emulation, configuration: PortalConfiguration, changes: FeatureChanges): void {
  const { features } = configuration
  const { customer_update: customer, subscription_cancel: cancel, subscription_update: update } = changes
  if (customer !== undefined) mergeCustomerUpdate(features.customer_update, customer)
  if (changes.invoice_history !== undefined) features.invoice_history.enabled = changes.invoice_history.enabled
  if (changes.payment_method_update !== undefined) {
    refuseUnsupported(changes.payment_method_update, ['enabled'], 'features[payment_method_update]')
    features.payment_method_update.enabled = changes.payment_method_update.enabled
  }
  if (changes.subscription_pause?.enabled === true) {
    const param = 'features[subscription_pause][enabled]'
    throw invalidRequest("The emulator's portal cannot pause a subscription.", param, 'emulator_unsupported')
  }
  if (cancel !== undefined) mergeCancel(features.subscription_cancel, cancel)
  if (update !== undefined) mergeUpdate(emulation, configuration, update)
}

function mergeCustomerUpdate(
  feature: Features['customer_update'],
  changes: NonNullable<FeatureChanges['customer_update']>,
): void {
  const path = 'features[customer_update][allowed_updates]'
  feature.enabled = changes.enabled ?? feature.enabled
  feature.allowed_updates = changes.allowed_updates === undefined ? feature.allowed_updates : changes.allowed_updates || []
  const unknown = feature.allowed_updates.find((one) => !customerUpdates.some((known) => known === one))
  if (unknown !== undefined)
    throw invalidRequest(`The emulator's portal cannot change this: ${unknown}`, path, 'emulator_unsupported')
  if (feature.enabled && feature.allowed_updates.length === 0) throw missingParameter(path)
}

function mergeCancel(
  feature: Features['subscription_cancel'],
  changes: NonNullable<FeatureChanges['subscription_cancel']>,
): void {
  const path = 'features[subscription_cancel]'
  const reason = changes.cancellation_reason
  feature.enabled = changes.enabled ?? feature.enabled
  feature.mode = changes.mode ?? feature.mode
  feature.proration_behavior = changes.proration_behavior ?? feature.proration_behavior
  if (reason !== undefined) {
    refuseUnsupported(reason, ['enabled', 'options'], `${path}[cancellation_reason]`)
    feature.cancellation_reason.enabled = reason.enabled
    if (reason.options !== undefined) feature.cancellation_reason.options = reason.options || []
  }
  if (feature.proration_behavior === 'always_invoice')
    throw invalidRequest('`always_invoice` is not supported when canceling subscriptions.', `${path}[proration_behavior]`)
  if (feature.proration_behavior === 'create_prorations' && feature.mode !== 'immediately')
    throw invalidRequest('`create_prorations` is only compatible with `mode=immediately`.', `${path}[proration_behavior]`)
}

function mergeUpdate(emulation: Emulation, configuration: PortalConfiguration, changes: UpdateChanges): void {
  const path = 'features[subscription_update]'
  const feature = configuration.features.subscription_update
  const allowed = changes.default_allowed_updates
  refuseUnsupported(
    changes,
    ['default_allowed_updates', 'enabled', 'products', 'proration_behavior', 'trial_update_behavior'],
    path,
  )
  feature.enabled = changes.enabled ?? feature.enabled
  if (allowed !== undefined) feature.default_allowed_updates = allowed || []
  if (feature.default_allowed_updates.includes('promotion_code')) {
    const param = `${path}[default_allowed_updates]`
    throw invalidRequest("The emulator's portal takes no promotion codes.", param, 'emulator_unsupported')
  }
  feature.proration_behavior = changes.proration_behavior ?? feature.proration_behavior
  feature.trial_update_behavior = changes.trial_update_behavior ?? feature.trial_update_behavior
  if (changes.products !== undefined)
    feature.products = readProducts(emulation, changes.products || [], feature.default_allowed_updates.includes('quantity'))
  if (!feature.enabled) return
  if (feature.default_allowed_updates.length === 0) throw missingParameter(`${path}[default_allowed_updates]`)
  if ((feature.products ?? []).length === 0 && !configuration.is_default) throw missingParameter(`${path}[products]`)
}

function readProducts(
  { store }: Emulation,
  products: Exclude<NonNullable<UpdateChanges['products']>, ''>,
  quantities: boolean,
): OfferedProduct[] {
  const path = 'features[subscription_update][products]'
  if (products.length > mostProducts) throw invalidRequest(`You can specify up to ${mostProducts} products.`, path)
  return products.map(({ product, prices, adjustable_quantity: adjustable }, index) => {
    if (store.products.get(product) === undefined) throw noSuchParameter('product', product, `${path}[${index}][product]`)
    for (const [position, id] of prices.entries()) {
      const param = `${path}[${index}][prices][${position}]`
      const price = store.prices.get(id)
      if (price === undefined) throw noSuchParameter('price', id, param)
      if (price.product !== product) throw invalidRequest(`The price ${id} is not one of the product ${product}.`, param)
      if (price.recurring === null) throw invalidRequest(`The price ${id} is not recurring.`, param)
    }
    const { enabled = quantities, minimum = 1, maximum = null } = adjustable ?? {}
    return { adjustable_quantity: { enabled, maximum, minimum }, prices, product }
  })
}
