import { describe, expect, test } from 'vitest'
import { netOf } from './payment-report.ts'

describe('what is left of a payment of 100', () => {
  test.each([
    ['untouched: all', 0, undefined, undefined, 100],
    ['refunded in part: the rest', 30, undefined, undefined, 70],
    ['refunded in full: nothing', 100, undefined, undefined, 0],
    ['refunded by more than was paid: nothing, and not less', 130, undefined, undefined, 0],
    ['disputed and lost: what it did not take', 0, 'lost', 40, 60],
    ['lost after a refund: the rest of the rest', 30, 'lost', 40, 30],
    ['lost, and nobody told how much: nothing', 0, 'lost', undefined, 0],
    ['lost by more than was left: nothing, and not less', 30, 'lost', 90, 0],
    ['lost over nothing: all', 0, 'lost', 0, 100],
    ['disputed, open: all, whatever it asks for', 0, 'open', 40, 100],
    ['disputed and won: all', 0, 'won', 40, 100],
    ['asked about: all', 0, 'inquiry', 40, 100],
  ] as const)('%s', (_what, amountRefundedMinor, disputeStatus, lostMinor, net) => {
    expect(netOf({ amountTotalMinor: 100, amountRefundedMinor, disputeStatus }, lostMinor)).toBe(net)
  })
})
