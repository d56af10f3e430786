import { expect, test } from 'vitest'
import { discountsOf } from './amounts.ts'

const coupon = { percent_off: null, amount_off: null }
const lines = [
  { amount: 1000, product: 'a' },
  { amount: 500, product: 'b' },
]

function of(terms: object, products?: string[]): number[] {
  return discountsOf({ ...JSON.parse(JSON.stringify(coupon)), ...terms }, products, lines)
}

test('a percentage is taken from each line, an amount is shared and never exceeds the order', () => {
  expect(of({ percent_off: 33.3 })).toEqual([333, 167])
  expect(of({ amount_off: 100 })).toEqual([66, 34])
  expect(of({ amount_off: 9999 })).toEqual([1000, 500])
  expect(discountsOf(undefined, undefined, lines)).toEqual([0, 0])
})

test('a coupon for some products leaves the others alone', () => {
  expect(of({ percent_off: 50 }, ['b'])).toEqual([0, 250])
  expect(of({ amount_off: 700 }, ['b'])).toEqual([0, 500])
  expect(of({ amount_off: 700 }, ['c'])).toEqual([0, 0])
})
