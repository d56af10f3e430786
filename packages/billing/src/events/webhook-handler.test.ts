import { expect, test } from 'vitest'
import { retryDelayMs } from './webhook-handler.ts'

test('a try waits twice as long as the one before, up to a minute, and never longer', () => {
  expect([1, 2, 3, 6].map(retryDelayMs)).toEqual([1000, 2000, 4000, 32_000])
  expect([7, 8, 100, 100_000].map(retryDelayMs)).toEqual([60_000, 60_000, 60_000, 60_000])
})
