import { expect, test } from 'vitest'
import { presentOnly } from './present-only.ts'

test('an unset column is an absent key, and what is set to nothing stays', () => {
  expect(presentOnly({ a: null, b: 0, c: '', d: false, e: 'x' })).toEqual({ b: 0, c: '', d: false, e: 'x' })
  expect(presentOnly({ a: null })).not.toHaveProperty('a')
})
