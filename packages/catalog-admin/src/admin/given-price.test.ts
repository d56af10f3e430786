import type { ProductFields } from '@licenseoperator/catalog'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { type GivenPrice, givenPriceProblems, namesNewPrice, withGivenPrice } from './given-price.ts'

const product: ProductFields = {
  slug: 'core',
  name: 'Core',
  type: 'subscription',
  plan: 'core',
  productKey: 'core',
  pricingMode: 'fixed',
  active: true,
  internal: false,
  configManaged: false,
  currency: 'usd',
  unitAmountMinor: 5500,
  baseAmountMinor: 5500,
  billingInterval: 'month',
  billingIntervalCount: 3,
  trialPeriodDays: 0,
  stripeProductId: 'prod_1',
  stripePriceId: 'price_1',
  metadata: {},
  pricingTiers: [],
  bundledProducts: [],
}
const recurring: Stripe.Price.Recurring = {
  interval: 'month',
  interval_count: 3,
  meter: null,
  trial_period_days: null,
  usage_type: 'licensed',
}
const price: GivenPrice = {
  id: 'price_1',
  object: 'price',
  active: true,
  billing_scheme: 'per_unit',
  created: 1,
  currency: 'usd',
  custom_unit_amount: null,
  livemode: false,
  lookup_key: null,
  metadata: {},
  nickname: null,
  product: 'prod_1',
  recurring,
  tax_behavior: 'unspecified',
  tiers_mode: null,
  transform_quantity: null,
  type: 'recurring',
  unit_amount: 5500,
  unit_amount_decimal: null,
}
const stored = { ...product, id: 1, createdAt: new Date(0), updatedAt: new Date(0), revision: 0 }
const fields = (other: Partial<GivenPrice>, of: Partial<ProductFields> = {}) =>
  givenPriceProblems({ ...product, ...of }, { ...price, ...other }).map(({ path }) => path.join('.'))

test('a price that charges what the shop shows is taken', () => {
  expect(fields({})).toEqual([])
  expect(fields({}, { billingInterval: 'quarter', billingIntervalCount: 1 })).toEqual([])
  expect(fields({ recurring: null }, { type: 'one_off', billingInterval: 'one_time', billingIntervalCount: 1 })).toEqual([])
})

test.each<[string, Partial<GivenPrice>, string[]]>([
  ['archived', { active: false }, ['stripePriceId']],
  ['of tiers', { billing_scheme: 'tiered' }, ['stripePriceId']],
  ['of packages', { transform_quantity: { divide_by: 10, round: 'up' } }, ['stripePriceId']],
  ['metered', { recurring: { ...recurring, usage_type: 'metered' } }, ['stripePriceId']],
  ['in another currency', { currency: 'eur' }, ['currency']],
  ['of another amount', { unit_amount: 7700 }, ['unitAmount']],
  ['of no whole amount', { unit_amount: null }, ['unitAmount']],
  ['of another interval', { recurring: { ...recurring, interval: 'year' } }, ['billingInterval']],
  ['of another number of intervals', { recurring: { ...recurring, interval_count: 2 } }, ['billingIntervalCount']],
  ['paid once', { recurring: null }, ['billingInterval', 'billingIntervalCount']],
  ['of another product', { product: 'prod_2' }, ['stripeProductId']],
  ['of a product that was deleted', { product: { id: 'prod_1', object: 'product', deleted: true } }, ['stripeProductId']],
])('one %s is refused', (_what, other, expected) => {
  expect(fields(other)).toEqual(expected)
})

test('a recurring price of a one-off is refused', () => {
  const once = { type: 'one_off', billingInterval: 'one_time', billingIntervalCount: 1 } as const
  expect(fields({}, once)).toEqual(['billingInterval', 'billingIntervalCount'])
})

describe('what is compared', () => {
  test('every price or product that the stored one does not name', () => {
    expect(namesNewPrice(stored, product)).toBe(false)
    expect(namesNewPrice(undefined, product)).toBe(true)
    expect(namesNewPrice(stored, { ...product, stripePriceId: 'price_2' })).toBe(true)
    expect(namesNewPrice(stored, { ...product, stripeProductId: 'prod_2' })).toBe(true)
  })

  test('with the price that was asked for: where the product was changed meanwhile, nothing is stored', () => {
    expect(withGivenPrice(undefined, product, price)).toEqual(product)
    expect(() => withGivenPrice(undefined, product, undefined)).toThrow('changed at the same time')
    expect(() => withGivenPrice(undefined, product, { ...price, id: 'price_2' })).toThrow('changed at the same time')
    expect(() => withGivenPrice(undefined, product, { ...price, unit_amount: 7700 })).toThrow('unitAmount')
  })
})
