import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'

test.each([
  ['0', 0],
  ['5m', 300_000],
  ['120m', 7_200_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['1.s', 1000],
  ['250ms', 250],
  ['1h1m1s1ms', 3_661_001],
  ['1500\u00b5s', 2],
  ['1500\u03bcs', 2],
  ['1500us', 2],
  ['999999ns', 1],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '5', '5 m', '-5m', '+5m', '5d', '1h30', 'm', '5M', '1e3s', '.s', '1,5s', '00', `${'1h'.repeat(33)}`])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)
