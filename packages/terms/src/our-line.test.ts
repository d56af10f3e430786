import type { Product } from '@licenseoperator/catalog'
import { describe, expect, test } from 'vitest'
import { type NamedProducts, productOfLine, type Sold } from './our-line.ts'
import { aStored } from './testing/a-line.ts'

const own = aStored({ slug: 'own', id: 1, stripeProductId: 'prod_shared' })
const byPrice = aStored({ slug: 'by-price', id: 2 })
const bySale = aStored({ slug: 'by-sale', id: 3 })
const byName = aStored({ slug: 'by-name', id: 4 })
const item = { itemId: 'si_1', priceId: 'price_sold', stripeProductId: 'prod_sold', quantity: 1 }
const sold: Sold[] = [{ item, product: bySale }]

const catalog: NamedProducts = {
  byPrice: async (priceId) => (priceId === 'price_known' ? byPrice : undefined),
  byStripeProduct: async (id) => (id === 'prod_known' || id === 'prod_shared' || id === 'prod_sold' ? byName : undefined),
}

describe('a line is about', () => {
  test.each<[string, { priceId?: string; stripeProductId?: string }, Product | undefined]>([
    ['the product of its price', { priceId: 'price_known', stripeProductId: 'prod_shared' }, byPrice],
    ['what a license was sold as on that price', { priceId: 'price_sold', stripeProductId: 'prod_known' }, bySale],
    ["the product that was bought, of several under one of Stripe's", { stripeProductId: 'prod_shared' }, own],
    ["what a license was sold as under that product of Stripe's", { priceId: 'price_x', stripeProductId: 'prod_sold' }, bySale],
    ["the one that has that product of Stripe's", { priceId: 'price_x', stripeProductId: 'prod_known' }, byName],
    ['none of ours', { priceId: 'price_x', stripeProductId: 'prod_x' }, undefined],
    ['none of ours where only its price is named, and unknown', { priceId: 'price_x' }, undefined],
    ['none of ours where it names nothing', {}, undefined],
  ])('%s', async (_what, { priceId, stripeProductId }, product) => {
    expect(await productOfLine(catalog, { priceId, stripeProductId }, own, sold)).toBe(product)
  })

  test('nothing that a license without a known price was sold as', async () => {
    const unpriced = [{ product: bySale, item: { quantity: 1 } }]
    expect(await productOfLine(catalog, { priceId: undefined, stripeProductId: undefined }, own, unpriced)).toBeUndefined()
    expect(await productOfLine(catalog, { priceId: undefined, stripeProductId: 'prod_known' }, own, unpriced)).toBe(byName)
  })
})
