import { payments, reversals, type Tx } from '@licenseoperator/db'
import type { RevocationPolicy } from './license-state.ts'

/**
 * Puts on each payment of these purchases what went back of it.
 *
 * @param renewalPaymentKey  a payment for maintenance that is looked at besides
 * @returns the payments as they are now
 */
export async function derivePayments(
  tx: Tx,
  purchaseKeys: readonly string[],
  renewalPaymentKey: string | undefined,
): Promise<payments.StoredPayment[]> {
  const renewal = renewalPaymentKey === undefined ? undefined : await payments.find(tx, renewalPaymentKey)
  const stored = [...(await payments.listByIssuanceKeys(tx, purchaseKeys)), ...(renewal === undefined ? [] : [renewal])]
  const known = await reversals.listOf(tx, {
    paymentIntentIds: stored.flatMap((payment) => payment.stripePaymentIntentId ?? []),
    invoiceIds: stored.flatMap((payment) => payment.stripeInvoiceId ?? []),
  })
  const derived: payments.StoredPayment[] = []
  for (const payment of stored) {
    const reversed = reversedOf(payment, known)
    if (
      reversed.amountRefundedMinor !== payment.amountRefundedMinor ||
      reversed.refundedInFull !== payment.refundedInFull ||
      reversed.disputeStatus !== payment.disputeStatus
    )
      await payments.setReversed(tx, payment.paymentKey, reversed)
    derived.push({ ...payment, ...reversed })
  }
  return derived
}

type Reversed = Pick<payments.StoredPayment, 'amountRefundedMinor' | 'refundedInFull' | 'disputeStatus'>

/** What went back of a payment, by all reversals known of these payments. */
export function reversedOf(payment: payments.StoredPayment, known: readonly reversals.Reversal[]): Reversed {
  const ofPayment = known.filter(
    (reversal) =>
      (reversal.paymentIntentId !== undefined && reversal.paymentIntentId === payment.stripePaymentIntentId) ||
      (reversal.invoiceId !== undefined && reversal.invoiceId === payment.stripeInvoiceId),
  )
  const refunds = ofPayment.filter((reversal) => reversal.kind === 'refund')
  return {
    amountRefundedMinor: refunds.reduce((sum, refund) => sum + refund.amountMinor, 0),
    refundedInFull: isRefundedInFull(payment, refunds),
    disputeStatus: disputeOf(ofPayment),
  }
}

/** An invoice can be paid by several charges: all of it went back when their refunds together are what was charged. */
function isRefundedInFull({ amountChargedMinor }: payments.StoredPayment, refunds: readonly reversals.Reversal[]): boolean {
  if (amountChargedMinor === undefined || amountChargedMinor <= 0) return refunds.some((refund) => refund.status === 'full')
  return refunds.reduce((sum, refund) => sum + refund.amountMinor, 0) >= amountChargedMinor
}

/** Of several disputes over one payment the worst counts. */
function disputeOf(known: readonly reversals.Reversal[]): payments.StoredPayment['disputeStatus'] {
  const disputes = known.filter((reversal) => reversal.kind === 'dispute')
  return (['lost', 'open', 'inquiry', 'won'] as const).find((status) => disputes.some((dispute) => dispute.status === status))
}

/** True when a payment's money is gone as far as the policy cares: what was bought with it does not count. */
export function isLost(
  payment: Pick<payments.StoredPayment, 'refundedInFull' | 'disputeStatus'>,
  policy: RevocationPolicy,
): boolean {
  return (policy.revokeOnFullRefund && payment.refundedInFull) || (policy.revokeOnLostDispute && payment.disputeStatus === 'lost')
}
