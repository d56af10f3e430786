import { describe, expect, test } from 'vitest'
import { productOfKey } from './product-of-key.ts'

const product = (id: number, fields: { type?: 'subscription' | 'one_off'; active?: boolean; productKey?: string } = {}) => ({
  id,
  productKey: 'core',
  type: 'subscription' as const,
  active: true,
  ...fields,
})

describe('for a product key speaks', () => {
  test.each([
    ['the one-off product, whose cap counts', [product(1), product(2, { type: 'one_off' })], 2],
    ['the oldest of several one-off products', [product(3, { type: 'one_off' }), product(2, { type: 'one_off' })], 2],
    ['else the oldest', [product(3), product(2), product(4)], 2],
    ['none that is not sold', [product(1, { type: 'one_off', active: false }), product(2)], 2],
    ['none of another key', [product(1, { type: 'one_off', productKey: 'Core' }), product(2)], 2],
    ['nobody where none is sold', [product(1, { active: false })], undefined],
  ])('%s', (_what, products, id) => {
    expect(productOfKey(products, 'core')?.id).toBe(id)
    expect(productOfKey(products.toReversed(), 'core')?.id).toBe(id)
  })
})
