import { refusalOf, type Terms, termsOf } from '../catalog/discount-terms.ts'
import { applyCoupon, resolveLineItems } from '../catalog/line-items.ts'
import type { Emulation } from '../core/emulation.ts'
import { checkCharge, checkLineCount } from '../core/limits.ts'
import { mergeMetadata } from '../core/metadata.ts'
import type { SessionCreate, StoredSession } from '../core/stored-session.ts'
import { invalidRequest, missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import type { LineItem, Session } from '../core/wire.ts'
import { checkCustomerCurrency } from '../customers/customer-currency.ts'
import { expireInTime } from './expire-session.ts'
import { checkSessionRules } from './session-rules.ts'
import { applyTax, hasTrial, totalsOf } from './session-totals.ts'

const dayS = 24 * 60 * 60

/** Makes an open session. Customer, subscription, invoice and payment appear only when someone pays. */
export function createSession(emulation: Emulation, params: SessionCreate): Session {
  const mode = params.mode
  if (mode === undefined) throw missingParameter('mode')
  if (mode !== 'payment' && mode !== 'subscription') {
    throw invalidRequest(`The emulator does not implement the mode: ${mode}`, 'mode', 'emulator_unsupported')
  }
  const now = emulation.clock.now()
  checkSessionRules(params, now)
  const expiresAt = expiryOf(emulation, params, now)
  if (params.line_items === undefined || params.line_items.length === 0) throw missingParameter('line_items')
  if (params.customer !== undefined && emulation.store.customers.get(params.customer) === undefined) {
    throw noSuchParameter('customer', params.customer, 'customer')
  }
  const [discount] = params.discounts || []
  const terms = discount === undefined ? null : termsOf(emulation, discount)
  checkLineCount(params.line_items.length, mode)
  const lineItems = resolveLineItems(emulation, params.line_items, mode)
  if (params.currency !== undefined && params.currency.toLowerCase() !== currencyOf(lineItems)) {
    throw invalidRequest(`The price specified does not support the currency ${params.currency}.`, 'currency')
  }
  const refusal =
    terms &&
    refusalOf(emulation, terms, {
      currency: currencyOf(lineItems),
      subtotal: totalsOf(lineItems).subtotal,
      customer: params.customer ?? null,
    })
  if (refusal !== null) throw invalidRequest(refusal, 'discounts')
  applyCoupon(emulation, lineItems, terms?.coupon)
  checkCharge(currencyOf(lineItems), totalsOf(lineItems, hasTrial(params)).total)
  if (mode === 'subscription') checkCustomerCurrency(emulation, params.customer, currencyOf(lineItems))
  const session = buildSession(emulation, params, mode, lineItems, terms, now, expiresAt)
  const stored: StoredSession = {
    id: session.id,
    session,
    plan: {
      params,
      lineItems,
      coupon: terms?.coupon.id ?? null,
      promotionCode: terms?.promotionCode?.id ?? null,
      pending: null,
      approving: null,
    },
  }
  emulation.store.sessions.add(stored)
  if (emulation.store.customers.get(params.customer ?? '')?.address?.country) applyTax(emulation, stored)
  expireInTime(emulation, stored)
  return session
}

function expiryOf(emulation: Emulation, params: SessionCreate, now: number): number {
  const expiresAt = params.expires_at ?? now + dayS
  const { minExpirySeconds } = emulation.settings.current.checkout
  if (expiresAt < now + minExpirySeconds) {
    throw invalidRequest(
      `The \`expires_at\` timestamp must be at least ${Math.round(minExpirySeconds / 60)} minutes from Checkout Session creation.`,
      'expires_at',
    )
  }
  // A minute of slack: the caller computed "24 hours from now" a moment ago, on its own clock.
  if (expiresAt > now + dayS + 60) {
    throw invalidRequest('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', 'expires_at')
  }
  return expiresAt
}

export function currencyOf(lines: readonly LineItem[]): string {
  return lines[0]?.currency ?? 'usd'
}

function buildSession(
  emulation: Emulation,
  params: SessionCreate,
  mode: 'payment' | 'subscription',
  lineItems: LineItem[],
  terms: Terms | null,
  now: number,
  expiresAt: number,
): Session {
  const id = emulation.ids.next('cs_test_', 58)
  const totals = totalsOf(lineItems, hasTrial(params))
  const creation = params.invoice_creation
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: mode === 'payment' ? { enabled: false } : null,
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    automatic_tax:
      params.automatic_tax?.enabled === true
        ? { enabled: true, liability: { type: 'self' }, provider: 'stripe', status: 'requires_location_inputs' }
        : { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection:
      params.consent_collection === undefined
        ? null
        : {
            payment_method_reuse_agreement: null,
            promotions: null,
            terms_of_service: params.consent_collection.terms_of_service ?? 'none',
          },
    created: now,
    currency: currencyOf(lineItems),
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation:
      mode === 'payment' && params.customer === undefined
        ? (params.customer_creation ?? 'if_required')
        : mode === 'subscription'
          ? 'always'
          : null,
    customer_details: null,
    customer_email: params.customer_email ?? null,
    discounts:
      terms === null
        ? []
        : [{ coupon: terms.promotionCode === null ? terms.coupon.id : null, promotion_code: terms.promotionCode?.id ?? null }],
    expires_at: expiresAt,
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation:
      mode === 'payment'
        ? {
            enabled: creation?.enabled ?? false,
            invoice_data: {
              account_tax_ids: null,
              custom_fields: null,
              description: creation?.invoice_data?.description ?? null,
              footer: creation?.invoice_data?.footer ?? null,
              issuer: null,
              metadata: mergeMetadata({}, creation?.invoice_data?.metadata),
              rendering_options: null,
            },
          }
        : null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: mode === 'subscription' ? (params.payment_method_collection ?? 'always') : 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: params.allowed_payment_method_types ?? ['card'],
    payment_status: totals.total === 0 ? 'no_payment_required' : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    tax_id_collection: {
      enabled: params.tax_id_collection?.enabled ?? false,
      required: params.tax_id_collection?.required ?? 'never',
    },
    total_details: { amount_discount: totals.discount, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params.ui_mode ?? 'hosted_page',
    url: `${emulation.origin()}/c/pay/${id}`,
    wallet_options: null,
  }
}
