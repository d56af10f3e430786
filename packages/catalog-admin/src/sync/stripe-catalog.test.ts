import { expect, test } from 'vitest'
import { nextKeys } from './stripe-catalog.ts'

test('prices are asked for ten at a time, from the one that is needed on', () => {
  const keys = Array.from({ length: 25 }, (_, index) => `key-${index}`)
  expect(nextKeys(keys, 'key-3')).toEqual(keys.slice(3, 13))
  expect(nextKeys(keys, 'key-20')).toEqual(keys.slice(20))
  expect(nextKeys(keys, 'unknown')).toEqual(['unknown'])
})
