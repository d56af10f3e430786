import { expect, test } from 'vitest'
import { chargeOfDispute, readDispute } from './dispute.ts'

const dispute = { id: 'dp_1', amount: 5000, charge: 'ch_1', payment_intent: 'pi_1' }

test.each([
  ['warning_needs_response', 'inquiry', 'takes no money'],
  ['warning_under_review', 'inquiry', 'takes no money'],
  ['warning_closed', 'won', 'never took any'],
  ['needs_response', 'open', 'is to be answered'],
  ['under_review', 'open', 'is being looked at'],
  ['appeal_needs_response', 'open', 'is not over'],
  ['appeal_under_review', 'open', 'is not over'],
  ['won', 'won', 'gave the money back'],
  ['lost', 'lost', 'took the money'],
  ['prevented', 'won', 'took none'],
])('%s counts as %s: it %s', (status, expected) => {
  expect(readDispute({ ...dispute, status })).toEqual({
    id: 'dp_1',
    amountMinor: 5000,
    status: expected,
    chargeId: 'ch_1',
    paymentIntentId: 'pi_1',
  })
})

test.each(['', 'escalated', 'Lost'])('the state %j is for people to look at, and read as no other', (status) => {
  expect(() => readDispute({ ...dispute, status })).toThrow('status')
})

test.each(['amount', 'id', 'status'])('a dispute without %s is an unknown shape', (field) => {
  expect(() => readDispute({ ...dispute, status: 'lost', [field]: undefined })).toThrow(field)
})

test('which charge it is about is read whatever state it is in', () => {
  expect(chargeOfDispute({ charge: { id: 'ch_1' }, status: 'escalated' })).toBe('ch_1')
  expect(chargeOfDispute({ status: 'lost' })).toBeUndefined()
})
