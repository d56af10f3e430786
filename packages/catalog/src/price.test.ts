import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { priceOf } from './price.ts'
import type { PricingTier } from './product.ts'

const tiered = (baseAmountMinor: number, pricingTiers: PricingTier[]) => ({
  pricingMode: 'tiered' as const,
  unitAmountMinor: 9900,
  baseAmountMinor,
  pricingTiers,
})

const subscription = tiered(9900, [
  { upperBound: 3, amount: 9900 },
  { upperBound: 6, amount: 12000 },
  { upperBound: 10, amount: 24900 },
  { factor: 0.225, perUnit: true },
])
const oneOff = tiered(9900, [
  { upperBound: 3, amount: 12000 },
  { upperBound: 5, amount: 14000 },
  { upperBound: 10, amount: 26000 },
  { factor: 0.225, perUnit: true },
])

describe('the worked examples of the contract', () => {
  test.each([
    [1, 9900],
    [3, 9900],
    [4, 12000],
    [6, 12000],
    [7, 24900],
    [10, 24900],
    [11, 24508],
    [12, 26736],
    [20, 44560],
  ])('subscription tiers: %i seats cost %i', (seats, price) => expect(priceOf(subscription, seats)).toBe(price))

  test.each([
    [3, 12000],
    [5, 14000],
    [10, 26000],
    [11, 24508],
  ])('one-off tiers: %i seats cost %i', (seats, price) => expect(priceOf(oneOff, seats)).toBe(price))

  test.each([
    [9900, 1, 9900],
    [9900, 3, 9900],
    [9900, 4, 99000],
    [9900, 10, 99000],
    [9900, 11, 148500],
    [9900, 15, 148500],
    [9900, 16, 126720],
    [9900, 20, 158400],
    [9901, 16, 126733],
    [9901, 17, 134654],
    [9903, 17, 134681],
    [1, 16, 13],
    [3, 16, 38],
    [0, 16, 0],
  ])('no tiers, base %i: %i seats cost %i', (base, seats, price) => expect(priceOf(tiered(base, []), seats)).toBe(price))

  test.each<[PricingTier, number]>([
    [{ upperBound: 5 }, 5000],
    [{ upperBound: 5, perUnit: true }, 10000],
    [{ upperBound: 5, amount: 700, perUnit: true }, 700],
  ])('two seats in the tier %o cost %i', (tier, price) => expect(priceOf(tiered(5000, [tier]), 2)).toBe(price))
})

test('no price for no seats, and none beyond the last bounded tier', () => {
  for (const seats of [undefined, 0, -1, 0.9, Number.NaN]) expect(priceOf(subscription, seats)).toBeUndefined()
  expect(priceOf(tiered(9900, [{ upperBound: 3, amount: 1 }]), 4)).toBeUndefined()
})

test('a fixed price is the unit amount, whatever the seats', () => {
  expect(priceOf({ ...subscription, pricingMode: 'fixed' }, undefined)).toBe(9900)
  expect(priceOf({ ...subscription, pricingMode: 'fixed' }, 7)).toBe(9900)
})

/** The contract's formula, written from its text and not from our code: walk, choose, compute. */
function formula(base: number, tiers: PricingTier[], n: number): number | undefined {
  if (tiers.length === 0) {
    if (base <= 0) return 0
    return n <= 3 ? base : n <= 10 ? 10 * base : n <= 15 ? 15 * base : Math.floor((4 * base * n + 2) / 5)
  }
  const bounded = tiers.filter((tier) => tier.upperBound !== undefined && n <= tier.upperBound)
  const open = tiers.filter((tier) => tier.upperBound === undefined)
  const chosen = [...bounded, ...open][0]
  if (chosen === undefined) return undefined
  if (chosen.amount) return chosen.amount
  const a = chosen.factor === undefined ? base : Math.round(base * chosen.factor)
  return chosen.perUnit ? a * n : a
}

test('for random tiers and 1 to 10 000 seats the price is the formula: an integer, never negative, never NaN', () => {
  const tier = fc.record(
    {
      upperBound: fc.integer({ min: 1, max: 12_000 }),
      amount: fc.integer({ min: 1, max: 10_000_000 }),
      factor: fc.double({ min: 0.001, max: 20, noNaN: true }),
      perUnit: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.array(tier, { maxLength: 8 }), (base, tiers) => {
      // One assertion for all quantities: a million of them would take minutes.
      const wrong = Array.from({ length: 10_000 }, (_, index) => index + 1).filter((n) => {
        const price = priceOf(tiered(base, tiers), n)
        return price !== formula(base, tiers, n) || (price !== undefined && !(Number.isSafeInteger(price) && price >= 0))
      })
      expect(wrong).toEqual([])
    }),
    { numRuns: 100 },
  )
})
