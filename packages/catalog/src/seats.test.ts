import { describe, expect, test } from 'vitest'
import type { Coupon } from './coupon.ts'
import { seatsFor } from './seats.ts'

const tiered = { pricingMode: 'tiered' as const, maxManagedProducts: 20, bundledProducts: [] }
const fixed = { pricingMode: 'fixed' as const, maxManagedProducts: 5, bundledProducts: [] }
const tenOrMore: Coupon = {
  id: 1,
  productId: 1,
  code: 'tier10',
  active: true,
  behavior: 'stripe_promotion',
  minManagedProducts: 10,
  metadata: {},
  createdAt: new Date(0),
  updatedAt: new Date(0),
  revision: 0,
}

describe('seats', () => {
  test('what was bought is what the license says, the maximum included', () => {
    expect(seatsFor(tiered, undefined, 7)).toBe(7)
    expect(seatsFor(tiered, undefined, 20)).toBe(20)
  })

  test.each([[undefined], [0], [21], [-1], [1.5]])('a tiered product refuses %s seats and names the field', (asked) => {
    expect(() => seatsFor(tiered, undefined, asked)).toThrow(
      expect.objectContaining({ code: 'invalid_payload', field: 'managedProducts' }),
    )
  })

  test('a fixed product without a count grants its maximum, or no limit at all', () => {
    expect(seatsFor(fixed, undefined, undefined)).toBe(5)
    expect(seatsFor({ pricingMode: 'fixed', bundledProducts: [] }, undefined, 0)).toBeUndefined()
  })

  test('a coupon narrows the bounds', () => {
    expect(() => seatsFor(tiered, tenOrMore, 9)).toThrow('at least 10')
    expect(seatsFor(tiered, tenOrMore, 10)).toBe(10)
    expect(() => seatsFor(tiered, { ...tenOrMore, maxManagedProducts: 12 }, 13)).toThrow('at most 12')
  })

  test('a bundle ignores the count', () => {
    expect(seatsFor({ ...fixed, bundledProducts: [{ productKey: 'core', quantity: 1 }] }, undefined, 99)).toBeUndefined()
  })
})
