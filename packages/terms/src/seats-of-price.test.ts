import { priceOf } from '@licenseoperator/catalog'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seatsOfPrice } from './seats-of-price.ts'
import { aStored } from './testing/a-line.ts'

const steps = aStored({
  slug: 'steps',
  pricingMode: 'tiered',
  pricingTiers: [
    { upperBound: 3, amount: 900 },
    { upperBound: 10, amount: 2000 },
    { factor: 1, perUnit: true },
  ],
  baseAmountMinor: 300,
})
const flatForEver = aStored({ slug: 'flat', pricingMode: 'tiered', pricingTiers: [{ amount: 900 }] })

test.each<[string, number | undefined, number, number | undefined]>([
  ['a flat tier pays for all seats up to its bound', 900, 1, 3],
  ['two units of it for twice as many', 900, 2, 6],
  ['a price of so many seats pays for those', 3600, 1, 12],
  ['a price for each seat pays for as many as there are units', 250, 4, 4],
  ['tiers at Stripe pay for each seat', undefined, 4, 4],
  ['a price that the shop never asks says nothing', 777, 1, undefined],
  ['nothing to pay says nothing', 0, 1, undefined],
])('%s', (_what, amount, quantity, seats) => expect(seatsOfPrice(steps, amount, quantity)).toBe(seats))

test('a price that is the same for all seats says nothing of how many', () => {
  expect(seatsOfPrice(flatForEver, 900, 1)).toBe(1)
  expect(seatsOfPrice(flatForEver, 901, 1)).toBeUndefined()
})

test('what a price pays for is never sold for less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (bought) => {
      const price = priceOf(steps, bought)
      const seats = seatsOfPrice(steps, price, 1)
      expect(seats).toBeGreaterThanOrEqual(bought)
      expect(priceOf(steps, seats)).toBe(price)
    }),
  )
})
