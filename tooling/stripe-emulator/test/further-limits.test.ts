import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
let product: string
beforeAll(async () => {
  shop = await openShop()
  product = (await shop.stripe.products.create({ name: 'Core' })).id
})
afterAll(() => shop.close())

const aSession = (lines: object[], more: object = {}) =>
  shop.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/ok',
    line_items: lines.map((line) => ({ quantity: 1, ...line })),
    ...more,
  })
const inline = (unit_amount: number, of = product) => ({ price_data: { currency: 'usd', unit_amount, product: of } })
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

describe('coupons', () => {
  test('take their discount off the products that they apply to, and off no others', async () => {
    const other = (await shop.stripe.products.create({ name: 'Other' })).id
    for (const [terms, total] of [
      [{ percent_off: 10 }, 3000 - 100],
      [{ amount_off: 1500, currency: 'usd' }, 3000 - 1000],
    ] as const) {
      const { id } = await shop.stripe.coupons.create({ ...terms, applies_to: { products: [product] } })
      const session = await aSession([inline(1000), inline(2000, other)], { discounts: [{ coupon: id }] })
      expect(session).toMatchObject({ amount_subtotal: 3000, amount_total: total })
    }
  })

  test('apply to products that exist', async () => {
    const coupon = shop.stripe.coupons.create({ percent_off: 5, applies_to: { products: ['prod_nobody'] } })
    await expect(coupon).rejects.toMatchObject({ param: 'applies_to[products][0]' })
  })

  test('are not redeemed after their end', async () => {
    const now = Math.floor(Date.now() / 1000)
    await shop.emulator.control.clock({ freezeAt: now })
    const { id } = await shop.stripe.coupons.create({ percent_off: 5, redeem_by: now + 60 })
    await expect(aSession([inline(1000)], { discounts: [{ coupon: id }] })).resolves.toMatchObject({ amount_total: 950 })
    await shop.emulator.control.clock({ freezeAt: now + 61 })
    expect(await shop.stripe.coupons.retrieve(id)).toMatchObject({ valid: false })
    await expect(aSession([inline(1000)], { discounts: [{ coupon: id }] })).rejects.toMatchObject({ statusCode: 400 })
    await shop.emulator.control.clock({ real: true })
  })
})

describe('metadata', () => {
  test.each<[string, Record<string, string>]>([
    ['51 keys', entries(51)],
    ['a key of 41', { ['k'.repeat(41)]: 'v' }],
  ])('%s are refused', async (_what, metadata) => {
    await expect(shop.stripe.products.create({ name: 'x', metadata })).rejects.toMatchObject({ statusCode: 400 })
  })

  test('50 keys, of 40 characters, are taken; one more by a change is not', async () => {
    const { id } = await shop.stripe.products.create({ name: 'x', metadata: { ...entries(49), ['k'.repeat(40)]: 'v' } })
    await expect(shop.stripe.products.update(id, { metadata: { another: 'v' } })).rejects.toMatchObject({ statusCode: 400 })
    await expect(shop.stripe.products.update(id, { metadata: { k0: '', another: 'v' } })).resolves.toMatchObject({ id })
  })
})

describe('texts', () => {
  test('without a limit of their own, and inside other parameters, are bounded too', async () => {
    await expect(
      shop.stripe.prices.create({ product, currency: 'usd', unit_amount: 100, nickname: 'n'.repeat(5001) }),
    ).rejects.toMatchObject({ param: 'nickname' })
    await expect(shop.stripe.customers.create({ address: { line1: 'x'.repeat(5001) } })).rejects.toMatchObject({
      param: 'address[line1]',
    })
    await expect(shop.stripe.products.create({ name: 'x', description: 'd'.repeat(5001) })).resolves.toMatchObject({ name: 'x' })
    await expect(shop.stripe.products.create({ name: 'x', description: 'd'.repeat(40_001) })).rejects.toMatchObject({
      param: 'description',
    })
  })
})

describe('sessions', () => {
  test('of a subscription have at most 40 lines', async () => {
    const lines = (count: number) =>
      Array.from({ length: count }, () => ({
        price_data: { currency: 'usd', unit_amount: 100, product, recurring: { interval: 'month' as const } },
      }))
    await expect(aSession(lines(41), { mode: 'subscription' })).rejects.toMatchObject({ param: 'line_items' })
    await expect(aSession(lines(40), { mode: 'subscription' })).resolves.toMatchObject({ amount_total: 4000 })
  })

  test('of a customer with a running subscription keep to its currency', async () => {
    const customer = (await shop.stripe.customers.create({ email: 'ada@acme.example' })).id
    const monthly = (currency: string) => ({
      price_data: { currency, unit_amount: 100, product, recurring: { interval: 'month' as const } },
    })
    const price = await shop.stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: 900,
      recurring: { interval: 'month' },
    })
    await shop.stripe.subscriptions.create({ customer, trial_period_days: 30, items: [{ price: price.id }] })
    const other = aSession([monthly('eur')], { mode: 'subscription', customer })
    await expect(other).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('combine currencies') })
    await expect(aSession([monthly('usd')], { mode: 'subscription', customer })).resolves.toMatchObject({ currency: 'usd' })
  })
})
