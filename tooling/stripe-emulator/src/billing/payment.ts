import type { Emulation } from '../core/emulation.ts'
import type { StoredPaymentMethod } from '../core/store.ts'
import type { Charge, PaymentIntent } from '../core/wire.ts'
import type { CardRefusal } from '../customers/cards.ts'

export interface PaymentOrder {
  amount: number
  currency: string
  customer: string | null
  metadata: Record<string, string>
  description: string | null
  receiptEmail: string | null
  statementDescriptor?: string | null
  setupFutureUsage?: 'off_session' | 'on_session' | null
}

/** A payment intent nobody has paid yet. */
export function addPaymentIntent(emulation: Emulation, order: PaymentOrder, methodType: string): PaymentIntent {
  const id = emulation.ids.next('pi_')
  return emulation.store.paymentIntents.add({
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: order.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${emulation.ids.next('', 25)}`,
    confirmation_method: 'automatic',
    created: emulation.clock.now(),
    currency: order.currency,
    customer: order.customer,
    customer_account: null,
    description: order.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: { ...order.metadata },
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: [methodType],
    payment_record: null,
    processing: null,
    receipt_email: order.receiptEmail,
    review: null,
    setup_future_usage: order.setupFutureUsage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: order.statementDescriptor ?? null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  })
}

/** The money came: a succeeded charge, and the intent with it. */
export function succeedPayment(emulation: Emulation, intent: PaymentIntent, method: StoredPaymentMethod): Charge {
  const charge = addCharge(emulation, intent, method, null)
  intent.payment_method = method.id
  intent.latest_charge = charge.id
  intent.amount_received = intent.amount
  intent.last_payment_error = null
  intent.status = 'succeeded'
  return charge
}

/** The charge was refused: the intent waits for another method. */
export function failPayment(
  emulation: Emulation,
  intent: PaymentIntent,
  method: StoredPaymentMethod,
  refusal: CardRefusal,
): Charge {
  const charge = addCharge(emulation, intent, method, refusal)
  intent.payment_method = null
  intent.latest_charge = charge.id
  intent.status = 'requires_payment_method'
  intent.last_payment_error = {
    charge: charge.id,
    code: refusal.code,
    ...(refusal.decline_code === null ? {} : { decline_code: refusal.decline_code }),
    doc_url: `https://stripe.com/docs/error-codes/${refusal.code.replaceAll('_', '-')}`,
    message: refusal.message,
    type: 'card_error',
  }
  return charge
}

function addCharge(
  emulation: Emulation,
  intent: PaymentIntent,
  { object: method }: StoredPaymentMethod,
  refusal: CardRefusal | null,
): Charge {
  const id = emulation.ids.next('ch_')
  const paid = refusal === null
  return emulation.store.charges.add({
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: paid ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details, tax_id: null },
    calculated_statement_descriptor: 'EMULATOR',
    captured: paid,
    created: emulation.clock.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: refusal?.code ?? null,
    failure_message: refusal?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: paid
      ? {
          advice_code: null,
          network_advice_code: null,
          network_decline_code: null,
          network_status: 'approved_by_network',
          reason: null,
          risk_level: 'normal',
          risk_score: 20,
          seller_message: 'Payment complete.',
          type: 'authorized',
        }
      : {
          advice_code: null,
          network_advice_code: null,
          network_decline_code: null,
          network_status: 'declined_by_network',
          reason: refusal.decline_code,
          risk_level: 'normal',
          risk_score: 20,
          seller_message: 'The bank did not return any further details with this decline.',
          type: 'issuer_declined',
        },
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: methodDetails(method),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: paid ? `${emulation.origin()}/receipts/${id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: null,
    status: paid ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  })
}

function methodDetails(method: StoredPaymentMethod['object']): Charge['payment_method_details'] {
  const { card, sepa_debit: debit } = method
  if (card !== undefined) {
    return {
      type: 'card',
      card: {
        amount_authorized: null,
        authorization_code: null,
        brand: card.brand,
        checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
        country: card.country,
        electronic_commerce_indicator: null,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        fingerprint: card.fingerprint ?? null,
        funding: card.funding,
        installments: null,
        last4: card.last4,
        mandate: null,
        network: card.brand,
        network_token: { used: false },
        network_transaction_id: null,
        regulated_status: 'unregulated',
        three_d_secure: null,
        transaction_link_id: null,
        wallet: null,
      },
    }
  }
  return {
    type: 'sepa_debit',
    sepa_debit: {
      bank_code: debit?.bank_code ?? null,
      branch_code: debit?.branch_code ?? null,
      country: debit?.country ?? null,
      fingerprint: debit?.fingerprint ?? null,
      last4: debit?.last4 ?? null,
      mandate: null,
    },
  }
}
