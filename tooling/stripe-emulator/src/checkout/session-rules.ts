import type { SessionCreate } from '../core/stored-session.ts'
import { invalidRequest, missingParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'

const supported = [
  'adaptive_pricing',
  'allow_promotion_codes',
  'allowed_payment_method_types',
  'automatic_tax',
  'billing_address_collection',
  'branding_settings',
  'cancel_url',
  'client_reference_id',
  'consent_collection',
  'currency',
  'custom_text',
  'customer',
  'customer_creation',
  'customer_email',
  'customer_update',
  'discounts',
  'excluded_payment_method_types',
  'expand',
  'expires_at',
  'integration_identifier',
  'invoice_creation',
  'line_items',
  'locale',
  'metadata',
  'mode',
  'payment_intent_data',
  'payment_method_collection',
  'payment_method_options',
  'phone_number_collection',
  'submit_type',
  'subscription_data',
  'success_url',
  'tax_id_collection',
  'ui_mode',
]

const supportedSubscriptionData = ['billing_mode', 'description', 'metadata', 'trial_end', 'trial_period_days', 'trial_settings']
const supportedPaymentData = ['description', 'metadata', 'receipt_email', 'setup_future_usage', 'statement_descriptor']

/** The rules between parameters, which types cannot say. `now` in Unix seconds. @throws StripeError 400 */
export function checkSessionRules(params: SessionCreate, now: number): void {
  refuseUnsupported(params, supported)
  refuseUnsupported(params.subscription_data ?? {}, supportedSubscriptionData, 'subscription_data')
  refuseUnsupported(params.consent_collection ?? {}, ['terms_of_service'], 'consent_collection')
  refuseUnsupported(params.payment_intent_data ?? {}, supportedPaymentData, 'payment_intent_data')
  for (const [index, line] of (params.line_items ?? []).entries()) {
    refuseUnsupported(line, ['price', 'price_data', 'quantity', 'metadata'], `line_items[${index}]`)
  }
  const exclusive = (a: keyof SessionCreate, b: keyof SessionCreate) => {
    if (params[a] !== undefined && params[b] !== undefined)
      throw invalidRequest(`You may only specify one of these parameters: ${a}, ${b}.`, a)
  }
  const onlyIn = (mode: string, name: keyof SessionCreate) => {
    if (params[name] !== undefined && params.mode !== mode)
      throw invalidRequest(`You can not pass \`${name}\` in \`${params.mode}\` mode.`, name)
  }
  exclusive('customer', 'customer_email')
  exclusive('customer', 'customer_creation')
  exclusive('allow_promotion_codes', 'discounts')
  onlyIn('subscription', 'subscription_data')
  onlyIn('subscription', 'payment_method_collection')
  onlyIn('payment', 'payment_intent_data')
  onlyIn('payment', 'invoice_creation')
  onlyIn('payment', 'customer_creation')
  if (params.customer_update !== undefined && params.customer === undefined) {
    throw invalidRequest('`customer_update` can only be used with `customer`.', 'customer_update')
  }
  if ((params.discounts || []).length > 1) throw invalidRequest('You may only pass one discount.', 'discounts')
  if ((params.ui_mode ?? 'hosted_page') !== 'hosted_page') {
    throw invalidRequest(`The emulator does not implement the ui_mode: ${params.ui_mode}`, 'ui_mode', 'emulator_unsupported')
  }
  if (params.success_url === undefined) throw missingParameter('success_url')
  for (const name of ['success_url', 'cancel_url'] as const) {
    const url = params[name]
    if (url !== undefined && !/^https?:\/\/[^\s/]+/.test(url)) throw invalidRequest('Not a valid URL', name, 'url_invalid')
  }
  if (params.customer_email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(params.customer_email)) {
    throw invalidRequest(`Invalid email address: ${params.customer_email}`, 'customer_email', 'email_invalid')
  }
  checkTrial(params, now)
}

function checkTrial(params: SessionCreate, now: number): void {
  const { trial_period_days: days, trial_end: end } = params.subscription_data ?? {}
  if (days !== undefined && end !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: trial_end, trial_period_days.',
      'subscription_data[trial_end]',
    )
  }
  if (end !== undefined && end < now + 48 * 60 * 60) {
    throw invalidRequest('The `trial_end` date has to be at least 48 hours in the future.', 'subscription_data[trial_end]')
  }
  if (days !== undefined && (days < 1 || days > 730)) {
    throw invalidRequest('The minimum number of trial period days is 1, the maximum 730.', 'subscription_data[trial_period_days]')
  }
}
