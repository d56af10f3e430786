import { expect, test } from 'vitest'
import { addInterval } from './period.ts'

test.each([
  ['2026-01-31T10:00:00Z', 'month', 1, '2026-02-28T10:00:00Z'],
  ['2028-01-31T10:00:00Z', 'month', 1, '2028-02-29T10:00:00Z'],
  ['2026-12-15T00:00:00Z', 'month', 3, '2027-03-15T00:00:00Z'],
  ['2028-02-29T00:00:00Z', 'year', 1, '2029-02-28T00:00:00Z'],
  ['2026-03-01T00:00:00Z', 'week', 2, '2026-03-15T00:00:00Z'],
  ['2026-03-01T00:00:00Z', 'day', 5, '2026-03-06T00:00:00Z'],
])('%s plus %s × %i is %s', (from, interval, count, to) => {
  expect(addInterval(Date.parse(from) / 1000, interval, count)).toBe(Date.parse(to) / 1000)
})
