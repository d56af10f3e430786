import type { Product } from '@licenseoperator/catalog'
import { aStoredProduct } from '@licenseoperator/db/testing'
import { expect, test } from 'vitest'
import { changedField } from './write-product.ts'

const part = aStoredProduct()

test.each<[string, Partial<Product>]>([
  ['active', { active: false }],
  ['active', { active: false, productKey: 'other', bundledProducts: [{ productKey: 'agent', quantity: 1 }] }],
  ['productKey', { productKey: 'other' }],
  ['productKey', { productKey: 'other', pricingMode: 'tiered' }],
  ['bundledProducts', { bundledProducts: [{ productKey: 'agent', quantity: 1 }] }],
  ['pricingMode', { pricingMode: 'tiered' }],
])('a change that keeps a bundle from working is refused at %s', (field, change) => {
  expect(changedField(part, { ...part, ...change })).toBe(field)
})
