import { expect, test } from 'vitest'
import { countsSince } from './refused-customers.ts'

test('a customer whom Stripe did not know is named again after a day: an operator may have put the key right', () => {
  expect(countsSince(new Date('2026-03-02T00:00:00Z'))).toEqual(new Date('2026-03-01T00:00:00Z'))
})
