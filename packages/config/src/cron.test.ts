import { expect, test } from 'vitest'
import { isCron } from './cron.ts'

test.each(['0 3 * * *', '*/5 * * * *', '0,30 8-18/2 1 1-12 1-5', '59 23 31 12 7', '5/10 0 * * 0', '0  3  *  *  *'])(
  '%j is a cron expression',
  (text) => {
    expect(isCron(text)).toBe(true)
  },
)

test.each([
  '',
  '0 3 * *',
  '0 3 * * * *',
  '60 3 * * *',
  '0 24 * * *',
  '0 0 0 * *',
  '0 0 * 13 *',
  '0 0 * * 8',
  '*/0 * * * *',
  '5-1 * * * *',
  '@daily',
  '0 3 * * MON',
  ', * * * *',
  '-1 * * * *',
])('%j is none', (text) => {
  expect(isCron(text)).toBe(false)
})
