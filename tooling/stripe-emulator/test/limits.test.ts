import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
let product: string
beforeAll(async () => {
  shop = await openShop()
  product = (await shop.stripe.products.create({ name: 'Core' })).id
})
afterAll(() => shop.close())

const pay = (unit_amount: number, currency = 'usd', lines = 1) =>
  shop.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/ok',
    line_items: Array.from({ length: lines }, () => ({ quantity: 1, price_data: { currency, unit_amount, product } })),
  })

test.each([
  [49, 'usd', 'amount_too_small'],
  [29, 'gbp', 'amount_too_small'],
  [49, 'jpy', 'amount_too_small'],
  [1234, 'kwd', 'invalid_charge_amount'],
])('a total of %i %s is refused', async (amount, currency, code) => {
  await expect(pay(amount, currency)).rejects.toMatchObject({ statusCode: 400, code })
})

test.each([
  [0, 'usd'],
  [50, 'usd'],
  [30, 'gbp'],
  [1230, 'kwd'],
])('a total of %i %s is taken', async (amount, currency) => {
  await expect(pay(amount, currency)).resolves.toMatchObject({ status: 'open', amount_total: amount })
})

test('what is off counts', async () => {
  const coupon = await shop.stripe.coupons.create({ amount_off: 60, currency: 'usd' })
  const session = shop.stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/ok',
    discounts: [{ coupon: coupon.id }],
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 100, product } }],
  })
  await expect(session).rejects.toMatchObject({ code: 'amount_too_small' })
})

test('at most 100 lines', async () => {
  await expect(pay(100, 'usd', 101)).rejects.toMatchObject({ statusCode: 400, param: 'line_items' })
  await expect(pay(100, 'usd', 100)).resolves.toMatchObject({ amount_total: 10_000 })
})

test('currencies that Stripe has not are refused, in prices and coupons', async () => {
  await expect(shop.stripe.prices.create({ product, currency: 'xyz', unit_amount: 100 })).rejects.toMatchObject({
    param: 'currency',
  })
  await expect(shop.stripe.coupons.create({ amount_off: 100, currency: 'xyz' })).rejects.toMatchObject({ param: 'currency' })
})

test('lengths count characters, so that an emoji is one', async () => {
  const emoji = '🎁'
  await expect(shop.stripe.coupons.create({ percent_off: 5, name: emoji.repeat(40) })).resolves.toMatchObject({ percent_off: 5 })
  await expect(shop.stripe.coupons.create({ percent_off: 5, name: 'x'.repeat(41) })).rejects.toMatchObject({ param: 'name' })
  await expect(shop.stripe.customers.create({ name: 'x'.repeat(257) })).rejects.toMatchObject({ param: 'name' })
  await expect(shop.stripe.products.create({ name: 'x'.repeat(5001) })).rejects.toMatchObject({ param: 'name' })
  await expect(shop.stripe.products.create({ name: 'x', metadata: { k: emoji.repeat(500) } })).resolves.toMatchObject({
    name: 'x',
  })
  await expect(shop.stripe.products.create({ name: 'x', metadata: { k: emoji.repeat(501) } })).rejects.toMatchObject({
    statusCode: 400,
  })
})

test('a coupon that has ended before it begins', async () => {
  await expect(shop.stripe.coupons.create({ percent_off: 5, redeem_by: 1 })).rejects.toMatchObject({ param: 'redeem_by' })
})

test('the running subscriptions of a customer share one currency', async () => {
  const customer = await shop.stripe.customers.create({ email: 'ada@acme.example' })
  const priceIn = async (currency: string) =>
    (await shop.stripe.prices.create({ product, currency, unit_amount: 900, recurring: { interval: 'year' } })).id
  const subscribe = async (currency: string) =>
    shop.stripe.subscriptions.create({
      customer: customer.id,
      trial_period_days: 30,
      items: [{ price: await priceIn(currency) }],
    })
  const first = await subscribe('usd')
  await expect(subscribe('eur')).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('combine currencies'),
  })
  await shop.stripe.subscriptions.cancel(first.id)
  await expect(subscribe('eur')).resolves.toMatchObject({ currency: 'eur' })
})
