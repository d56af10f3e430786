import { describe, expect, test } from 'vitest'
import { aFile, load } from './testing/a-config.ts'

const product = { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 100 }
const once = { ...product, slug: 'once', type: 'one_off' }
const warnings = (stripe: object) => load({ ...aFile(), stripe: { ...aFile().stripe, ...stripe } }).warnings

describe('a default slug', () => {
  test.each([
    ['default_subscription_slug', 'nobody', 'names no product of this file'],
    ['default_subscription_slug', 'idle', 'names a product that is not active'],
    ['default_subscription_slug', 'once', 'names a product of another type'],
    ['default_one_off_slug', 'nobody', 'names no product of this file'],
    ['default_one_off_slug', 'core', 'names a product of another type'],
  ])('%s: %s %s', (key, slug, said) => {
    const idle = { ...product, slug: 'idle', active: false }
    expect(warnings({ products: [product, once, idle], [key]: slug })).toEqual([`stripe.${key}: ${said}`])
  })

  test('that names what it should is none, and neither is an empty one', () => {
    const products = [product, once]
    expect(warnings({ products, default_subscription_slug: 'core', default_one_off_slug: 'once' })).toEqual([])
    expect(warnings({ products, default_subscription_slug: '', default_one_off_slug: '' })).toEqual([])
  })
})

describe('a perpetual product', () => {
  const forever = (metadata: object = {}) => ({ ...once, metadata: { license_type: 'perpetual', ...metadata } })
  const own = { maintenance_price_lookup_key: 'care' }
  const missing = ['stripe.products[0]: is perpetual and has no maintenance price; set stripe.maintenance_price_lookup_key']

  test.each<[string, object, readonly string[]]>([
    ['without a maintenance price', {}, missing],
    ['with automatic maintenance and no price of it', { maintenance: 'auto' }, missing],
    ['with automatic maintenance and its own price', { maintenance: 'auto', ...own }, []],
    ['whose own price nobody reads, because maintenance is bought by itself', own, missing],
  ])('%s', (_what, metadata, expected) => {
    expect(warnings({ products: [forever(metadata)] })).toEqual(expected)
    expect(warnings({ products: [forever(metadata)], maintenance_price_lookup_key: 'care' })).toEqual([])
  })
})
