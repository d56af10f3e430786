import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ACatalogApi, aCatalogApi } from '../a-catalog-api.ts'

let api: ACatalogApi['api']
let shop: ACatalogApi['shop']
let root: string
let close: ACatalogApi['close']
beforeAll(async () => {
  ;({ api, shop, root, close } = await aCatalogApi())
})
afterAll(() => close())

test.each([21_900, 700])(
  'a lookup key that somebody else holds at Stripe (%i): their product and price stay as they are, ours is sold at its amount',
  async (amount) => {
    const slug = `core-${amount}`
    const product = await shop.stripe.products.create({ name: 'Theirs' })
    const price = await shop.stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: amount, lookup_key: slug })
    const ours = { slug, name: 'Core', type: 'one_off', plan: 'core', productKey: 'core', unitAmount: 21_900 }
    const answer = await api.send('POST', '/authlance/license/admin/products', ours, root)
    expect(answer.status).toBe(201)
    expect(await answer.json()).not.toHaveProperty('stripePriceId')
    expect(await shop.stripe.products.retrieve(product.id)).toEqual(product)
    expect(await shop.stripe.prices.retrieve(price.id)).toEqual(price)
  },
)
