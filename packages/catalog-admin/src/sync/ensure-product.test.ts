import { aStoredProduct } from '@licenseoperator/db/testing'
import type { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { differences, lookupKeyOf } from './ensure-product.ts'

const product = aStoredProduct({ slug: 'core', name: 'Core', description: 'All of it', metadata: { tier: 'pro' } })
/** As Stripe sends it, which is JSON: of its many fields those that are read. */
const theirs = (other: object = {}): Stripe.Product =>
  JSON.parse(
    JSON.stringify({
      id: 'prod_1',
      active: true,
      name: 'Core',
      description: 'All of it',
      metadata: { tier: 'pro', licenseoperator_slug: 'core' },
      ...other,
    }),
  )

test('a product that is at Stripe as it is here is not written', () => expect(differences(theirs(), product)).toEqual({}))

describe('only what differs is written', () => {
  test.each([
    ['its name', { name: 'Old' }, { name: 'Core' }],
    ['its description', { description: null }, { description: 'All of it' }],
    ['that it is sold again', { active: false }, { active: true }],
    ['an entry of its metadata', { metadata: { tier: 'old', licenseoperator_slug: 'core' } }, { metadata: { tier: 'pro' } }],
    ['our mark', { metadata: { tier: 'pro' } }, { metadata: { licenseoperator_slug: 'core' } }],
  ])('%s', (_what, other, expected) => expect(differences(theirs(other), product)).toEqual(expected))
})

test('what others wrote beside ours stays', () => {
  expect(differences(theirs({ metadata: { tier: 'pro', licenseoperator_slug: 'core', theirs: 'x' } }), product)).toEqual({})
})

test('a description that nobody gave here leaves the one at Stripe alone', () => {
  const { description: _none, ...undescribed } = product
  expect(differences(theirs({ description: 'Written at Stripe' }), undescribed)).toEqual({})
})

test('an empty text at Stripe is none', () => {
  expect(differences(theirs({ description: null }), { ...product, description: '' })).toEqual({})
  expect(differences(theirs({ metadata: { licenseoperator_slug: 'core' } }), { ...product, metadata: { tier: '' } })).toEqual({})
})

test('our mark is not to be taken by the metadata of a product', () => {
  const taken = { ...product, metadata: { licenseoperator_slug: 'other' } }
  expect(differences(theirs({ metadata: {} }), taken)).toEqual({ metadata: { licenseoperator_slug: 'core' } })
})

test('the lookup key of a product is its own, else its slug', () => {
  expect(lookupKeyOf({ ...product, lookupKey: 'core-key' })).toBe('core-key')
  const { lookupKey: _none, ...unkeyed } = product
  expect(lookupKeyOf(unkeyed)).toBe('core')
})
