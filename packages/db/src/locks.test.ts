import { expect, test } from 'vitest'
import { rowOf } from './locks.ts'

test('a key has one row, and keys of an unbounded set share 4096', () => {
  const rows = new Set(Array.from({ length: 20_000 }, (_, key) => rowOf('checkout', `group ${key}`)))
  expect(rowOf('checkout', 'group acme')).toBe(rowOf('checkout', 'group acme'))
  expect(rows.size).toBeLessThanOrEqual(4096)
  expect(rows.size).toBeGreaterThan(3500)
})

test('two families share none', () => expect(rowOf('checkout', 'a')).not.toBe(rowOf('purchase', 'a')))
