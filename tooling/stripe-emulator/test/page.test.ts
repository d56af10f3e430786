import { afterEach, beforeEach, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const card = {
  email: 'ada@example.com',
  name: 'Ada',
  country: 'DE',
  postal_code: '10115',
  method: 'card',
  card_number: '4242 4242 4242 4242',
  expiry: '12/40',
  cvc: '123',
}

function submit(url: string | null, fields: Record<string, string>): Promise<Response> {
  return fetch(url ?? '', { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
}

test('the page shows the order, labels every field, and needs nothing from elsewhere', async () => {
  const price = await shop.oneTimePrice(1250)
  const session = await shop.checkout({ price: price.id, quantity: 2, cancel_url: 'http://shop.test/back' })
  const response = await fetch(session.url ?? '')
  const html = await response.text()
  expect(response.status).toBe(200)
  expect(html).toContain('$25.00')
  expect(html).toContain('href="http://shop.test/back"')
  expect(html).toContain('4242 4242 4242 4242')
  for (const field of ['email', 'name', 'country', 'postal_code', 'card_number', 'expiry', 'cvc']) {
    expect(html).toContain(`<label for="${field}">`)
    expect(html).toMatch(new RegExp(`(input|select) id="${field}" name="${field}"`))
  }
  expect(html).not.toMatch(/<script|src=|<link rel="stylesheet"/)
})

test('paying sends the browser on, after the webhooks were tried', async () => {
  const price = await shop.oneTimePrice()
  await shop.addEndpoint({ enabled_events: ['checkout.session.completed'] })
  const session = await shop.checkout({ price: price.id })
  const response = await submit(session.url, card)
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe(`http://shop.test/thanks?session=${session.id}`)
  expect(shop.types()).toEqual(['checkout.session.completed'])
  expect(shop.received[0]?.event?.data.object).toMatchObject({
    customer_details: { email: 'ada@example.com', address: { country: 'DE', postal_code: '10115' } },
  })
})

test('the browser can be sent on before the webhooks, or not at all', async () => {
  const { control } = shop.emulator
  const price = await shop.oneTimePrice()
  await shop.addEndpoint({ enabled_events: ['checkout.session.completed'] })
  await control.settings({ checkout: { redirect: 'before_webhooks' }, webhooks: { delay: 'until_released' } })
  expect((await submit((await shop.checkout({ price: price.id })).url, card)).status).toBe(303)
  await control.settings({ checkout: { redirect: 'never' } })
  const closed = await submit((await shop.checkout({ price: price.id })).url, card)
  expect(closed.status).toBe(200)
  expect(await closed.text()).toContain('Payment received')
})

test('a declined card shows why, keeps what was typed except the card, and can be replaced', async () => {
  const price = await shop.oneTimePrice()
  const session = await shop.checkout({ price: price.id })
  const response = await submit(session.url, { ...card, card_number: '4000000000000002', name: 'Ada "the" <Great>' })
  const html = await response.text()
  expect(response.status).toBe(402)
  expect(html).toContain('Your card was declined.')
  expect(html).toContain('value="ada@example.com"')
  expect(html).toContain('Ada &quot;the&quot; &lt;Great&gt;')
  expect(html).not.toContain('4000000000000002')
  expect((await submit(session.url, card)).status).toBe(303)
})

test.each([
  [{ email: 'nobody' }, 'Enter a valid email address.'],
  [{ name: ' ' }, 'Enter your name.'],
  [{ card_number: '1234' }, 'Your card number is incorrect.'],
  [{ expiry: '01/20' }, 'expiration date is in the past'],
  [{ expiry: 'soon' }, 'expiration date is invalid'],
  [{ cvc: '1' }, 'security code is invalid'],
])('a mistake in the form is explained: %j', async (change, message) => {
  const price = await shop.oneTimePrice()
  const session = await shop.checkout({ price: price.id })
  const response = await submit(session.url, { ...card, ...change })
  expect(response.status).toBe(400)
  expect((await response.text()).replaceAll('&#39;', "'")).toContain(message)
  expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
})

test('Pay twice, even at the same instant, pays once', async () => {
  const price = await shop.oneTimePrice()
  const session = await shop.checkout({ price: price.id })
  const answers = await Promise.all([submit(session.url, card), submit(session.url, card)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 303])
  const second = answers.find(({ status }) => status === 200)
  expect(await second?.text()).toContain('already completed')
  expect((await shop.stripe.charges.list()).data).toHaveLength(1)
  expect(await (await fetch(session.url ?? '')).text()).toContain('already completed')
})

test('an expired session and an unknown one say so', async () => {
  const price = await shop.oneTimePrice()
  const session = await shop.checkout({ price: price.id })
  await shop.emulator.control.expireCheckout(session.id)
  expect((await fetch(session.url ?? '')).status).toBe(410)
  expect((await submit(session.url, card)).status).toBe(410)
  expect((await fetch(`${shop.emulator.url}/c/pay/cs_test_nothing`)).status).toBe(404)
})

test('the customer’s email is fixed', async () => {
  const price = await shop.oneTimePrice()
  const session = await shop.checkout({ price: price.id, customer_email: 'fixed@example.com' })
  expect(await (await fetch(session.url ?? '')).text()).toMatch(/value="fixed@example.com"[^>]*readonly/)
  await submit(session.url, card)
  expect((await shop.stripe.checkout.sessions.retrieve(session.id)).customer_details?.email).toBe('fixed@example.com')
})

test('a promotion code typed on the page changes the total; a wrong one is explained', async () => {
  const price = await shop.oneTimePrice(1000)
  const coupon = await shop.stripe.coupons.create({ percent_off: 40 })
  await shop.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'FORTY' })
  const session = await shop.checkout({ price: price.id, allow_promotion_codes: true })
  expect(await (await submit(session.url, { ...card, promotion_code: 'NOPE' })).text()).toContain('This code is invalid.')
  expect((await submit(session.url, { ...card, promotion_code: 'forty' })).status).toBe(303)
  expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    amount_total: 600,
    total_details: { amount_discount: 400 },
  })
})

test('a bank debit chosen on the page settles by itself', async () => {
  const { control } = shop.emulator
  const price = await shop.oneTimePrice()
  const session = await shop.checkout({ price: price.id })
  await control.clock({ freezeAt: null })
  expect((await submit(session.url, { ...card, method: 'bank_debit_fails', card_number: '' })).status).toBe(303)
  expect((await shop.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('unpaid')
  await control.clock({ advanceSeconds: 3 })
  expect((await control.events()).at(-1)?.type).toBe('checkout.session.async_payment_failed')
})
