import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

const DAY = 24 * 3600
const noon = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000
let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.emulator.control.reset())

/** A yearly subscription whose customer is on a test clock. */
async function onAClock(card = '4242424242424242') {
  const { stripe } = shop
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: noon('2027-01-01') })
  const customer = await stripe.customers.create({ email: 'ada@example.com', test_clock: clock.id })
  const product = await stripe.products.create({ name: 'Team' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 10_000,
    recurring: { interval: 'year' },
  })
  const session = await shop.checkout({ mode: 'subscription', price: price.id, customer: customer.id })
  await shop.emulator.control.completeCheckout(session.id)
  const id = String((await stripe.checkout.sessions.retrieve(session.id)).subscription)
  if (card !== '4242424242424242') await shop.emulator.control.setCard(customer.id, card)
  const to = async (day: string) => void (await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: noon(day) }))
  const since = (await shop.emulator.control.events()).length
  const happened = async () =>
    (await shop.emulator.control.events())
      .slice(since)
      .map(({ type, created }) => `${new Date(created * 1000).toISOString().slice(0, 13)} ${type}`)
  return { clock, customer, id, to, happened, subscription: () => stripe.subscriptions.retrieve(id) }
}

describe('a test clock', () => {
  test('what is bought on it is dated by it, and lists leave it out unless it is named', async () => {
    const { clock, customer, subscription } = await onAClock()
    expect(await subscription()).toMatchObject({ created: noon('2027-01-01'), test_clock: clock.id, customer: customer.id })
    expect((await shop.stripe.customers.list()).data).toEqual([])
    expect((await shop.stripe.customers.list({ test_clock: clock.id })).data).toHaveLength(1)
    expect((await shop.stripe.subscriptions.list()).data).toEqual([])
    expect((await shop.stripe.subscriptions.list({ customer: customer.id })).data).toHaveLength(1)
  })

  test('a renewal: the draft at the end of the period, its charge an hour later, each dated so', async () => {
    const { to, happened, subscription, clock } = await onAClock()
    await to('2028-01-02')
    expect((await subscription()).items.data[0]).toMatchObject({
      current_period_start: noon('2028-01-01'),
      current_period_end: noon('2029-01-01'),
    })
    expect(await happened()).toEqual(
      [
        '2027-01-01T12 test_helpers.test_clock.advancing',
        '2027-12-25T12 invoice.upcoming',
        '2028-01-01T12 customer.subscription.updated',
        '2028-01-01T12 invoice.created',
        '2028-01-01T13 invoice.finalized',
        '2028-01-01T13 payment_intent.created',
        '2028-01-01T13 charge.succeeded',
        '2028-01-01T13 payment_intent.succeeded',
        '2028-01-01T13 invoice_payment.paid',
        '2028-01-01T13 invoice.paid',
        '2028-01-01T13 invoice.payment_succeeded',
        '2028-01-02T12 test_helpers.test_clock.ready',
      ].map((line) => (line.includes('advancing') || line.includes('ready') ? expect.stringContaining(line.slice(14)) : line)),
    )
    expect(await shop.stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
      status: 'ready',
      frozen_time: noon('2028-01-02'),
    })
  })

  test('not back, and not further than two intervals', async () => {
    const { clock } = await onAClock()
    const to = (day: string) => shop.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: noon(day) })
    await expect(to('2026-12-31')).rejects.toMatchObject({ param: 'frozen_time', statusCode: 400 })
    await expect(to('2029-06-01')).rejects.toMatchObject({ param: 'frozen_time', statusCode: 400 })
  })

  test('deleted, it takes its customers and subscriptions with it', async () => {
    const { clock, id } = await onAClock()
    await shop.stripe.testHelpers.testClocks.del(clock.id)
    await expect(shop.stripe.subscriptions.retrieve(id)).rejects.toMatchObject({ statusCode: 404 })
  })
})

describe('a card that fails at renewal', () => {
  const failing = '4000000000000341'

  test('tried again after 3, 5 and 7 days, then the subscription is over', async () => {
    const { to, happened, subscription } = await onAClock(failing)
    await to('2028-03-01')
    expect(await subscription()).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_failed' } })
    const failures = (await happened()).filter((line) => line.endsWith('invoice.payment_failed') || line.endsWith('.deleted'))
    expect(failures).toEqual([
      '2028-01-01T13 invoice.payment_failed',
      '2028-01-04T13 invoice.payment_failed',
      '2028-01-09T13 invoice.payment_failed',
      '2028-01-16T13 invoice.payment_failed',
      '2028-01-16T13 customer.subscription.deleted',
    ])
  })

  test.each([
    ['unpaid', 'open'],
    ['past_due', 'uncollectible'],
  ] as const)('or stays %s, its invoice %s', async (afterLastRetry, invoiceStatus) => {
    await shop.emulator.control.settings({ subscriptions: { afterLastRetry } })
    const { to, subscription } = await onAClock(failing)
    await to('2028-03-01')
    const { status, latest_invoice: invoice } = await subscription()
    expect(status).toBe(afterLastRetry)
    expect(await shop.stripe.invoices.retrieve(String(invoice))).toMatchObject({ status: invoiceStatus })
  })

  test('another card: the next try succeeds, and the subscription is active again', async () => {
    const { to, subscription, customer, happened } = await onAClock(failing)
    await to('2028-01-02')
    expect(await subscription()).toMatchObject({ status: 'past_due' })
    await shop.emulator.control.setCard(customer.id, '4242424242424242')
    await to('2028-01-05')
    const { status, latest_invoice: invoice } = await subscription()
    expect(status).toBe('active')
    expect(await shop.stripe.invoices.retrieve(String(invoice))).toMatchObject({ status: 'paid', attempt_count: 2 })
    expect((await happened()).at(-2)).toBe('2028-01-04T13 customer.subscription.updated')
  })

  test('or somebody pays it by hand, which a bad card refuses', async () => {
    const { to, subscription, customer } = await onAClock(failing)
    await to('2028-01-02')
    const invoice = String((await subscription()).latest_invoice)
    await expect(shop.stripe.invoices.pay(invoice)).rejects.toMatchObject({ code: 'card_declined', statusCode: 402 })
    await shop.emulator.control.setCard(customer.id, '4242424242424242')
    expect(await shop.stripe.invoices.pay(invoice)).toMatchObject({ status: 'paid' })
    await expect(shop.stripe.invoices.pay(invoice)).rejects.toMatchObject({ code: 'invoice_already_paid' })
  })
})

test('a planned end: on time, without another invoice', async () => {
  const { to, id, subscription, happened } = await onAClock()
  await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true })
  await to('2028-02-01')
  expect(await subscription()).toMatchObject({ status: 'canceled', ended_at: noon('2028-01-01') })
  expect((await happened()).filter((line) => line.includes('invoice'))).toEqual([])
})

test("the emulator's own time: what is on no test clock renews as it passes", async () => {
  const price = await shop.monthlyPrice()
  const session = await shop.checkout({ mode: 'subscription', price: price.id, subscription_data: { trial_period_days: 14 } })
  await shop.emulator.control.completeCheckout(session.id)
  const since = (await shop.emulator.control.events()).length
  await shop.emulator.control.advance(80 * DAY)
  const types = (await shop.emulator.control.events()).slice(since).map(({ type }) => type)
  expect(types.filter((type) => type === 'customer.subscription.trial_will_end')).toHaveLength(1)
  expect(types.filter((type) => type === 'invoice.paid')).toHaveLength(3)
  expect(types.indexOf('customer.subscription.trial_will_end')).toBeLessThan(types.indexOf('invoice.paid'))
})
