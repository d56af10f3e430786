import type { Product } from '@licenseoperator/catalog'
import { aStoredProduct } from '@licenseoperator/db/testing'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { describePrice, fits, isNobodyElses, priceParams, priceWords } from './ensure-price.ts'

/** An object as Stripe sends it, which is JSON: of its many fields those that are read. */
const sent = (object: object) => JSON.parse(JSON.stringify(object))
const theirs: Stripe.Product = sent({ id: 'prod_1', name: 'Core' })
const price = (other: object = {}): Stripe.Price =>
  sent({
    id: 'price_1',
    active: true,
    currency: 'usd',
    unit_amount: 5500,
    recurring: null,
    product: 'prod_1',
    metadata: {},
    ...other,
  })
const once = aStoredProduct({ unitAmountMinor: 5500 })
const every = (billingInterval: Product['billingInterval'], billingIntervalCount = 1) =>
  aStoredProduct({ type: 'subscription', unitAmountMinor: 5500, billingInterval, billingIntervalCount })

describe('a price at Stripe is sold at', () => {
  test.each<[string, object, Product]>([
    ['when it charges the same, once', {}, once],
    ['when its product is sent as an object', { product: { id: 'prod_1' } }, once],
    ['when it recurs as often', { recurring: { interval: 'month', interval_count: 3 } }, every('quarter')],
    ['when a quarter is three months', { recurring: { interval: 'month', interval_count: 3 } }, every('month', 3)],
  ])('%s', (_when, other, product) => expect(fits(price(other), product, theirs)).toBe(true))

  test.each<[string, object, Product]>([
    ['archived', { active: false }, once],
    ['in another currency', { currency: 'eur' }, once],
    ['of another amount', { unit_amount: 5501 }, once],
    ['of no whole amount', { unit_amount: null }, once],
    ['that recurs', { recurring: { interval: 'month', interval_count: 1 } }, once],
    ['paid once', {}, every('month')],
    ['of another interval', { recurring: { interval: 'year', interval_count: 1 } }, every('month')],
    ['of another number of intervals', { recurring: { interval: 'month', interval_count: 2 } }, every('month')],
    ['of another product', { product: 'prod_2' }, once],
  ])('but not one %s', (_what, other, product) => expect(fits(price(other), product, theirs)).toBe(false))

  test('and none where the product is not at Stripe yet', () => expect(fits(price(), once, undefined)).toBe(false))
})

describe('a new price', () => {
  test('charges what the product costs, bears its lookup key and our mark', () => {
    expect(priceParams(aStoredProduct({ slug: 'core', lookupKey: 'core-key', unitAmountMinor: 5500 }), theirs)).toEqual({
      product: 'prod_1',
      currency: 'usd',
      unit_amount: 5500,
      lookup_key: 'core-key',
      transfer_lookup_key: true,
      metadata: { licenseoperator_slug: 'core' },
    })
  })

  test('of a product without a lookup key bears its slug', () => {
    const { lookupKey: _none, ...unkeyed } = once
    expect(priceParams(unkeyed, theirs).lookup_key).toBe('core')
  })

  test('recurs as the product does', () => {
    expect(priceParams(every('quarter'), theirs).recurring).toEqual({ interval: 'month', interval_count: 3 })
  })

  test('is one that fits', () => {
    for (const product of [once, every('quarter'), every('year', 2)]) {
      const { recurring = null, ...made } = priceParams(product, theirs)
      expect(fits(price({ ...made, recurring }), product, theirs)).toBe(true)
    }
  })
})

test.each<[string, Partial<Product>]>([
  ['currency', { currency: 'eur' }],
  ['amount', { unitAmountMinor: 1 }],
  ['interval', { billingInterval: 'year' }],
  ['number of intervals', { billingIntervalCount: 2 }],
])('another %s is another price, so the idempotency key is another', (_what, other) => {
  expect(priceWords({ ...once, ...other })).not.toBe(priceWords(once))
})

test('what is no part of a price leaves its key as it is', () => {
  expect(priceWords({ ...once, name: 'Other', slug: 'other', plan: 'other' })).toBe(priceWords(once))
})

test.each([
  ['nobody', {}, true],
  ['this product', { licenseoperator_slug: 'core' }, true],
  ['another product of ours', { licenseoperator_slug: 'other' }, false],
])('a former price that is marked as of %s may be archived: %s', (_whose, metadata, may) => {
  expect(isNobodyElses(price({ metadata }), 'core')).toBe(may)
})

test.each([
  [once, '5500 usd'],
  [every('month'), '5500 usd every month'],
  [every('month', 3), '5500 usd every 3 month'],
])('for people', (product, text) => expect(describePrice(product)).toBe(text))
