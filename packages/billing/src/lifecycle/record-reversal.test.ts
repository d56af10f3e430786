import { expect, test } from 'vitest'
import { refundOf } from './record-reversal.ts'

test.each([
  ['nothing went back: a refund that failed is none', 0, false, 'none'],
  ['a part went back', 1, false, 'partial'],
  ['all went back', 5000, true, 'full'],
  ['all went back by amount, and Stripe does not say so: a part', 5000, false, 'partial'],
  ['Stripe says all, of a charge that was captured in part', 4000, true, 'full'],
] as const)('%s', (_what, amountRefundedMinor, refundedInFull, status) => {
  expect(refundOf('ch_1', { amountRefundedMinor, refundedInFull })).toEqual({
    reversalId: 'ch_1',
    kind: 'refund',
    status,
    amountMinor: amountRefundedMinor,
    chargeId: 'ch_1',
  })
})
