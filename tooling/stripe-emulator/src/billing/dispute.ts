import { byItself, type Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Charge, Dispute, EarlyFraudWarning } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

const dayS = 24 * 60 * 60

/**
 * The customer's bank asks about a charge (`inquiry`: no money moves) or takes its money back until it is decided.
 *
 * @throws StripeError for a charge that was not paid or is disputed already
 */
export function openDispute(emulation: Emulation, charge: Charge, options: { inquiry?: boolean } = {}): Dispute {
  if (!charge.paid || charge.disputed) throw invalidRequest(`Charge ${charge.id} cannot be disputed.`, 'charge')
  const inquiry = options.inquiry === true
  const now = emulation.clock.now()
  const dispute = emulation.store.disputes.add({
    id: emulation.ids.next('du_'),
    object: 'dispute',
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...noEvidence },
    evidence_details: {
      due_by: now + 7 * dayS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  })
  charge.disputed = true
  emit(emulation, byItself, 'charge.dispute.created', dispute)
  if (!inquiry) emit(emulation, byItself, 'charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/**
 * The bank has decided. An inquiry is closed without money; of a lost dispute the money stays away.
 *
 * @throws StripeError when it was closed before
 */
export function closeDispute(emulation: Emulation, dispute: Dispute, outcome: 'won' | 'lost'): Dispute {
  const { status } = dispute
  if (status === 'won' || status === 'lost' || status === 'warning_closed')
    throw invalidRequest('This dispute is already closed', 'id')
  dispute.status = status.startsWith('warning_') ? 'warning_closed' : outcome
  dispute.is_charge_refundable = false
  emit(emulation, byItself, 'charge.dispute.closed', dispute, { status })
  if (dispute.status === 'won') emit(emulation, byItself, 'charge.dispute.funds_reinstated', dispute)
  return dispute
}

/** What follows a payment by some test cards: a dispute, or a warning of fraud, which moves no money. */
export function afterPaymentBy(emulation: Emulation, paymentIntent: string | null): void {
  const charge = emulation.store.charges.get(emulation.store.paymentIntents.get(paymentIntent ?? '')?.latest_charge ?? '')
  if (charge?.paid !== true) return
  const behavior = emulation.store.paymentMethods.get(charge.payment_method ?? '')?.behavior
  if (behavior?.disputesCharges === true) openDispute(emulation, charge)
  if (behavior?.warnsOfFraud === true) warnOfFraud(emulation, charge)
}

function warnOfFraud(emulation: Emulation, charge: Charge): void {
  const warning: EarlyFraudWarning = {
    id: emulation.ids.next('issfr_'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: emulation.clock.now(),
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(charge.payment_intent === null ? {} : { payment_intent: charge.payment_intent }),
  }
  emit(emulation, byItself, 'radar.early_fraud_warning.created', warning)
}

/** Evidence was handed in: the bank looks at it. */
export function reviewDispute(emulation: Emulation, dispute: Dispute): void {
  const { status } = dispute
  dispute.status = status.startsWith('warning_') ? 'warning_under_review' : 'under_review'
  dispute.evidence_details = { ...dispute.evidence_details, has_evidence: true, submission_count: 1 }
  emit(emulation, byItself, 'charge.dispute.updated', dispute, { status })
}

const noEvidence: Dispute['evidence'] = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}
