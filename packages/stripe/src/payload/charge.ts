import { z } from 'zod'
import { Expandable, Metadata, StripeId } from './id-of.ts'

const ChargeShape = z.looseObject({
  id: StripeId,
  amount: z.int(),
  amount_refunded: z.int(),
  refunded: z.boolean(),
  payment_intent: Expandable,
  /** Until basil; afterwards the way to the invoice is `invoicePayments.list`. */
  invoice: Expandable,
  metadata: Metadata,
})

/**
 * What we read of a charge, in the shape of API versions from acacia (2025-02) to endive (2026-10). Amounts in minor units.
 *
 * @throws ZodError for an unknown shape: the caller parks it
 */
export function readCharge(object: unknown) {
  const charge = ChargeShape.parse(object)
  return {
    id: charge.id,
    amountMinor: charge.amount,
    amountRefundedMinor: charge.amount_refunded,
    /** As Stripe says, not computed: true only when all of it went back. */
    refundedInFull: charge.refunded,
    paymentIntentId: charge.payment_intent,
    invoiceId: charge.invoice,
    metadata: charge.metadata,
  }
}
export type Charge = ReturnType<typeof readCharge>

const RefundShape = z.looseObject({ id: StripeId, charge: Expandable })

/** A refund tells which charge to look at; what counts is the charge. `chargeId` is undefined for refunds of nothing that was charged. */
export function readRefund(object: unknown) {
  const refund = RefundShape.parse(object)
  return { id: refund.id, chargeId: refund.charge }
}
