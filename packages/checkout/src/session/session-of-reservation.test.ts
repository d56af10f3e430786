import { expect, test } from 'vitest'
import { isOver } from './session-of-reservation.ts'

test.each([
  ['expired', { status: 'expired' }, true],
  ['unknown to Stripe', undefined, true],
  ['open: it may be paid in its last second', { status: 'open' }, false],
  ['gone through: its webhook decides, however late', { status: 'complete' }, false],
] as const)('of a session that is %s the hold is given back: %s', (_what, session, over) => {
  expect(isOver(session)).toBe(over)
})
