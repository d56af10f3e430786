import type { reversals } from '@licenseoperator/db'
import { aPayment } from '@licenseoperator/db/testing'
import { describe, expect, test } from 'vitest'
import { isLost, reversedOf } from './derive-payments.ts'

const payment = aPayment({ issuanceKey: 'p', stripePaymentIntentId: 'pi_1', stripeInvoiceId: 'in_1' })
const refund = (amountMinor: number, fields: Partial<reversals.Reversal> = {}): reversals.Reversal => ({
  reversalId: `ch_${amountMinor}`,
  kind: 'refund',
  status: 'partial',
  amountMinor,
  chargeId: 'ch_1',
  paymentIntentId: 'pi_1',
  invoiceId: undefined,
  ...fields,
})
const dispute = (status: reversals.Reversal['status']): reversals.Reversal =>
  refund(1000, { reversalId: `du_${status}`, kind: 'dispute', status })

describe('what went back of a payment', () => {
  test('is told by its payment intent or its invoice, and by nobody else', () => {
    const byInvoice = refund(200, { paymentIntentId: undefined, invoiceId: 'in_1' })
    const other = refund(500, { paymentIntentId: 'pi_2', invoiceId: 'in_2' })
    expect(reversedOf(payment, [refund(100), byInvoice, other]).amountRefundedMinor).toBe(300)
  })

  test('is nothing for a payment without names, even of a reversal without names', () => {
    const nameless = aPayment({ issuanceKey: 'p' })
    const known = [refund(1000, { paymentIntentId: undefined }), dispute('lost')]
    expect(reversedOf(nameless, known)).toEqual({
      amountRefundedMinor: 0,
      refundedInFull: false,
      disputeStatus: undefined,
    })
  })

  test('is no money for a dispute', () => expect(reversedOf(payment, [dispute('lost')]).amountRefundedMinor).toBe(0))
})

describe('a payment is refunded in full', () => {
  test.each<[string, readonly reversals.Reversal[], number | undefined, boolean]>([
    ['when one refund is what was charged', [refund(1000)], 1000, true],
    ['when the refunds of its charges together are', [refund(400), refund(600)], 1000, true],
    ['and not when a cent is left', [refund(999)], 1000, false],
    ['and not when one of its charges was refunded in full', [refund(400, { status: 'full' })], 1000, false],
    ['by what was charged, where a credit paid the rest', [refund(300)], 300, true],
    ["by Stripe's word where nobody knows what was charged", [refund(400, { status: 'full' })], undefined, true],
    ['and not by a partial refund there', [refund(400)], undefined, false],
    ["by Stripe's word where nothing was charged", [refund(0, { status: 'full' })], 0, true],
    ['and not where nothing was charged and nothing went back', [], 0, false],
    ['never by a dispute over all of it', [dispute('lost')], 1000, false],
  ])('%s', (_what, known, amountChargedMinor, expected) => {
    expect(reversedOf({ ...payment, amountChargedMinor }, known).refundedInFull).toBe(expected)
  })
})

describe('of several disputes the worst counts', () => {
  const worst = ['lost', 'open', 'inquiry', 'won'] as const
  test.each(worst.flatMap((bad, index) => worst.slice(index).map((better) => [bad, better] as const)))(
    '%s before %s',
    (bad, better) => {
      expect(reversedOf(payment, [dispute(better), dispute(bad)]).disputeStatus).toBe(bad)
      expect(reversedOf(payment, [dispute(bad), dispute(better)]).disputeStatus).toBe(bad)
    },
  )

  test('a refund is none', () => expect(reversedOf(payment, [refund(1000)]).disputeStatus).toBeUndefined())
})

describe('money is lost', () => {
  const policy = { revokeOnFullRefund: true, revokeOnLostDispute: true, revokeOnCancellation: false }
  test.each<[string, Parameters<typeof isLost>[0], boolean]>([
    ['that was refunded in full', { refundedInFull: true, disputeStatus: undefined }, true],
    ['that a bank took back', { refundedInFull: false, disputeStatus: 'lost' }, true],
    ['but not while a dispute is open', { refundedInFull: false, disputeStatus: 'open' }, false],
    ['but not after a dispute that was won', { refundedInFull: false, disputeStatus: 'won' }, false],
  ])('%s', (_what, reversed, expected) => expect(isLost(reversed, policy)).toBe(expected))

  test('only as far as the vendor cares', () => {
    expect(isLost({ refundedInFull: true, disputeStatus: 'open' }, { ...policy, revokeOnFullRefund: false })).toBe(false)
    expect(isLost({ refundedInFull: false, disputeStatus: 'lost' }, { ...policy, revokeOnLostDispute: false })).toBe(false)
  })
})
