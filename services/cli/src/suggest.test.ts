import { expect, test } from 'vitest'
import { didYouMean, suggestion } from './suggest.ts'

const known = ['group', 'license', 'products', 'payments', 'seats', 'db', '--group', '--grace-days']

test.each([
  ['lisence', 'license'],
  ['licence', 'license'],
  ['LICENSE', 'license'],
  ['product', 'products'],
  ['seat', 'seats'],
  ['dv', 'db'],
  ['--gruop', '--group'],
  ['gruop', 'group'],
  ['--grace-day', '--grace-days'],
])('%s: %s was meant', (typed, meant) => expect(suggestion(typed, known)).toBe(meant))

test.each(['frobnicate', 'x', 'stripe', ''])('%j is near nothing', (typed) => expect(suggestion(typed, known)).toBeUndefined())

test('nothing is proposed where nothing is near', () => {
  expect(didYouMean(undefined)).toBe('')
  expect(didYouMean('license')).toBe('. Did you mean license?')
})
