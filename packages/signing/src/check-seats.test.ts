import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkSeats } from './check-seats.ts'

test('up to the limit is ok, one more is not', () => {
  expect(checkSeats({ seats: 3 }, 3)).toEqual({ status: 'ok', used: 3, limit: 3, remaining: 0 })
  expect(checkSeats({ seats: 3 }, 4)).toEqual({ status: 'exceeded', used: 4, limit: 3, excess: 1 })
  expect(checkSeats({ seats: 0 }, 0).status).toBe('ok')
  expect(checkSeats({ seats: 0 }, 1).status).toBe('exceeded')
})

test('no seats on the license means no limit', () => {
  expect(checkSeats({}, Number.MAX_SAFE_INTEGER)).toEqual({
    status: 'ok',
    used: Number.MAX_SAFE_INTEGER,
    limit: undefined,
    remaining: undefined,
  })
})

test('for every limit and count: ok exactly when the count is within the limit', () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.maxSafeNat(),
      (seats, used) => (checkSeats({ seats }, used).status === 'ok') === used <= seats,
    ),
  )
})

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('a count of %s is refused', (count) => {
  expect(() => checkSeats({ seats: 5 }, count)).toThrow(RangeError)
  expect(() => checkSeats({}, count)).toThrow(RangeError)
  expect(() => checkSeats({ seats: count }, 0)).toThrow(RangeError)
})
