import { byItself, type Cause, type Emulation } from '../core/emulation.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { Charge, Refund } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

export interface RefundOrder {
  /** Default: what has not been refunded yet. */
  amount?: number | undefined
  reason?: Refund['reason']
  metadata?: Record<string, string>
}

/**
 * Gives money of a charge back: `refund.created`, `charge.refunded`, `refund.updated`.
 *
 * @throws StripeError when nothing, or less than asked, is left to give back
 */
export function refundCharge(emulation: Emulation, cause: Cause, charge: Charge, order: RefundOrder): Refund {
  const left = charge.amount_captured - charge.amount_refunded
  const amount = order.amount ?? left
  if (!charge.paid || left === 0)
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded')
  if (amount > left)
    throw invalidRequest(
      `Refund amount ($${amount / 100}) is greater than unrefunded amount on charge ($${left / 100})`,
      'amount',
    )
  if (amount < 1) throw invalidRequest('Invalid positive integer', 'amount', 'parameter_invalid_integer')
  const bank = emulation.store.paymentMethods.get(charge.payment_method ?? '')?.behavior.refunds
  const refund = emulation.store.refunds.add({
    id: emulation.ids.next('re_'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: emulation.clock.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: { ...order.metadata },
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: order.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: bank === 'pending' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  })
  emit(emulation, cause, 'refund.created', refund)
  countRefunded(charge, amount)
  emit(emulation, cause, 'charge.refunded', charge, { amount_refunded: charge.amount_refunded - amount })
  if (bank !== 'pending') emit(emulation, byItself, 'refund.updated', refund, {})
  const { settleMs } = emulation.settings.current.refunds
  if (bank !== undefined && settleMs !== null)
    emulation.clock.at(emulation.clock.nowMs() + settleMs, () => {
      if (bank === 'fail' && refund.status === 'succeeded') failRefund(emulation, refund)
      if (bank === 'pending' && refund.status === 'pending') completeRefund(emulation, refund)
    })
  return refund
}

/** The bank took a refund that was pending. */
export function completeRefund(emulation: Emulation, refund: Refund): Refund {
  if (refund.status !== 'pending') throw invalidRequest(`This refund is ${refund.status ?? 'settled'}.`, 'id')
  refund.status = 'succeeded'
  emit(emulation, byItself, 'refund.updated', refund, { status: 'pending' })
  return refund
}

/** The customer's bank did not take the money: `refund.failed`, and the charge's amount goes back. */
export function failRefund(emulation: Emulation, refund: Refund): Refund {
  const { status } = refund
  if (status !== 'succeeded' && status !== 'pending') throw invalidRequest(`This refund is ${refund.status ?? 'settled'}.`, 'id')
  const charge = emulation.store.charges.get(refund.charge ?? '')
  refund.status = 'failed'
  refund.failure_reason = 'lost_or_stolen_card'
  if (charge !== undefined) countRefunded(charge, -refund.amount)
  emit(emulation, byItself, 'refund.failed', refund)
  if (charge !== undefined) emit(emulation, byItself, 'charge.refund.updated', refund, { status })
  return refund
}

function countRefunded(charge: Charge, amount: number): void {
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount_captured
}
