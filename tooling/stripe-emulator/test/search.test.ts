import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readSearchQuery } from '../src/core/search-query.ts'
import { openShop, type Shop } from './shop.ts'

describe('a query', () => {
  const object = { name: 'Core Team', active: true, amount: 500, currency: null, metadata: { 'order-id': "O'1", tier: 'gold' } }
  test.each([
    ['name:"core team"', true],
    ['name:"core"', false],
    ['name~"TEAM"', true],
    ["active:'true'", true],
    ['-active:"true"', false],
    ['amount>499 AND amount<501', true],
    ['amount>=501', false],
    ['amount:500 active:"true"', true],
    ['name:"x" OR metadata["tier"]:"gold"', true],
    ['name:"x" OR metadata["tier"]:"silver"', false],
    ["metadata['order-id']:'O\\'1'", true],
    ['metadata["missing"]:null', true],
    ['currency:null AND -metadata["tier"]:null', true],
  ])('%s: %s', (query, fits) => expect(readSearchQuery(query)(object)).toBe(fits))

  test.each([
    '',
    'name',
    'name:',
    'name="x"',
    'name:"x" AND',
    'a:"1" AND b:"2" OR c:"3"',
    'metadata:"x"',
    'name["x"]:"y"',
    'name~"ab"',
  ])('%s cannot be read', (query) => expect(() => readSearchQuery(query)).toThrow())
})

describe('search', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop.close())
  beforeEach(() => shop.emulator.control.reset())

  test('walks its pages, newest first', async () => {
    for (let index = 0; index < 25; index += 1) await shop.stripe.products.create({ name: `P${index}`, metadata: { of: 'us' } })
    await shop.stripe.products.create({ name: 'theirs' })
    const names: string[] = []
    for await (const { name } of shop.stripe.products.search({ query: 'metadata["of"]:"us"', limit: 10 })) names.push(name)
    expect(names).toEqual(Array.from({ length: 25 }, (_, index) => `P${24 - index}`))
  })

  test('expands, and finds ended subscriptions but no inline prices', async () => {
    const price = await shop.monthlyPrice()
    const session = await shop.checkout({ mode: 'subscription', price: price.id })
    const { session: done } = await shop.emulator.control.completeCheckout(session.id)
    await shop.stripe.subscriptions.cancel(String(done.subscription))
    const { data } = await shop.stripe.subscriptions.search({ query: 'status:"canceled"', expand: ['data.customer'] })
    expect(data).toMatchObject([{ id: done.subscription, customer: { object: 'customer' } }])
    await shop.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://shop.test/',
      line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 70, product: String(price.product) } }],
    })
    expect((await shop.stripe.prices.search({ query: 'currency:"usd"' })).data.map(({ id }) => id)).toEqual([price.id])
  })

  test('runs behind, if it is told to', async () => {
    const { control } = shop.emulator
    await control.clock({ freezeAt: null })
    await control.settings({ search: { delaySeconds: 60 } })
    await shop.stripe.customers.create({ email: 'ada@example.com' })
    const search = () => shop.stripe.customers.search({ query: 'email:"ada@example.com"' })
    expect((await search()).data).toEqual([])
    await control.clock({ advanceSeconds: 60 })
    expect((await search()).data).toHaveLength(1)
  })

  test('a query or a page that cannot be read is the caller’s mistake', async () => {
    const search = (params: object) => shop.stripe.products.search({ query: 'active:"true"', ...params })
    await expect(search({ query: 'active' })).rejects.toMatchObject({ statusCode: 400, param: 'query' })
    await expect(search({ page: 'bm9ib2R5' })).rejects.toMatchObject({ statusCode: 400, param: 'page' })
  })
})
