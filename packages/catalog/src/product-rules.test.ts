import { describe, expect, test } from 'vitest'
import { billingIntervals, isRecurring, stripeRecurring } from './billing-interval.ts'
import { pathText, problem, refuseFirst } from './problem.ts'
import { productProblems, type Ruled } from './product-rules.ts'

const product: Ruled = {
  type: 'subscription',
  productKey: 'core',
  pricingMode: 'fixed',
  currency: 'usd',
  unitAmountMinor: 10_000,
  baseAmountMinor: 10_000,
  billingInterval: 'month',
  billingIntervalCount: 1,
  pricingTiers: [],
  bundledProducts: [],
}
const wrong = (change: Partial<Ruled>) => productProblems({ ...product, ...change }, ['core']).map(({ path }) => pathText(path))
const tiered = (...pricingTiers: Ruled['pricingTiers']): Partial<Ruled> => ({ pricingMode: 'tiered', pricingTiers })
const parts = (...keys: string[]): Partial<Ruled> => ({
  bundledProducts: keys.map((productKey) => ({ productKey, quantity: 1 })),
})

describe('no product is sold', () => {
  test.each<[string, Partial<Ruled>, string]>([
    ['without a signing key', { productKey: 'other' }, 'productKey'],
    ['as a subscription that is paid once', { billingInterval: 'one_time' }, 'billingInterval'],
    ['once and every month', { type: 'one_off' }, 'billingInterval'],
    ['with two open tiers', tiered({ factor: 1 }, { factor: 2 }), 'pricingTiers'],
    ['with two tiers to one bound', tiered({ upperBound: 5, amount: 900 }, { upperBound: 5, amount: 800 }), 'pricingTiers'],
    ['for nothing by a factor', tiered({ factor: 0.000_01 }), 'pricingTiers[0].factor'],
    ['as a part of itself', parts('core'), 'bundledProducts[0].productKey'],
    ['with one part twice', parts('app', 'tool', 'app'), 'bundledProducts[2].productKey'],
  ])('%s', (_what, change, path) => expect(wrong(change)).toEqual([path]))

  test('with a tier whose fewest seats cost less than Stripe charges, counted from the bound before', () => {
    const cheap = { factor: 0.005, perUnit: true }
    expect(wrong({ ...tiered({ upperBound: 9, amount: 900 }, cheap), baseAmountMinor: 1000 })).toEqual([])
    expect(wrong({ ...tiered({ upperBound: 8, amount: 900 }, cheap), baseAmountMinor: 1000 })).toEqual(['pricingTiers[1].factor'])
  })
})

test('nothing is wrong with a product that is in order, nor with what could not be read of it', () => {
  expect(wrong({})).toEqual([])
  expect(wrong({ type: 'one_off', billingInterval: 'one_time' })).toEqual([])
  expect(productProblems({ pricingTiers: [undefined], bundledProducts: [undefined] }, ['core'])).toEqual([])
  expect(productProblems({ ...product, productKey: 'other' }, undefined)).toEqual([])
})

describe('an interval', () => {
  test('recurs, but for what is paid once', () => {
    expect(billingIntervals.filter((interval) => !isRecurring(interval))).toEqual(['one_time'])
    expect(stripeRecurring('one_time', 1)).toBeUndefined()
  })

  test('is as Stripe writes it: a quarter is three months', () => {
    expect(stripeRecurring('quarter', 2)).toEqual({ interval: 'month', interval_count: 6 })
    expect(stripeRecurring('year', 2)).toEqual({ interval: 'year', interval_count: 2 })
  })
})

test('a request is refused for its first problem, at its place', () => {
  expect(() => refuseFirst([])).not.toThrow()
  expect(() => refuseFirst([problem('is wrong', 'pricingTiers', 0, 'factor'), problem('too', 'slug')])).toThrow(
    expect.objectContaining({ message: 'invalid payload: pricingTiers[0].factor is wrong', field: 'pricingTiers[0].factor' }),
  )
})
