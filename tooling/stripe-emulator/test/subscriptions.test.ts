import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clientOf, openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.emulator.control.reset())

async function subscribed(params: { trialDays?: number } = {}) {
  const price = await shop.monthlyPrice(1000)
  const { id: sessionId } = await shop.checkout({
    mode: 'subscription',
    price: price.id,
    ...(params.trialDays === undefined ? {} : { subscription_data: { trial_period_days: params.trialDays } }),
  })
  const { session } = await shop.emulator.control.completeCheckout(sessionId)
  const subscription = await shop.stripe.subscriptions.retrieve(String(session.subscription))
  return { id: subscription.id, customer: String(subscription.customer), price, item: subscription.items.data[0]?.id ?? '' }
}

const reasons = async () => (await shop.stripe.invoices.list()).data.map(({ billing_reason: reason }) => reason).toReversed()
const types = async () => (await shop.emulator.control.events()).map(({ type }) => type)

describe('created by the API', () => {
  test('with a saved card: paid at once', async () => {
    const { customer, price } = await subscribed()
    await shop.emulator.control.setCard(customer, '4242424242424242')
    const made = await shop.stripe.subscriptions.create({ customer, items: [{ price: price.id, quantity: 3 }] })
    expect(made).toMatchObject({ status: 'active', items: { data: [{ quantity: 3 }] } })
    expect((await shop.stripe.invoices.list()).data[0]).toMatchObject({
      billing_reason: 'subscription_create',
      status: 'paid',
      amount_paid: 3000,
    })
  })

  test('with a card that is refused: incomplete, and gone after 23 hours; or not made at all', async () => {
    const { customer, price } = await subscribed()
    await shop.emulator.control.setCard(customer, '4000000000000341')
    const params = { customer, items: [{ price: price.id }] }
    await expect(shop.stripe.subscriptions.create({ ...params, payment_behavior: 'error_if_incomplete' })).rejects.toMatchObject({
      statusCode: 402,
    })
    const made = await shop.stripe.subscriptions.create(params)
    expect(made.status).toBe('incomplete')
    await shop.emulator.control.advance(24 * 3600)
    expect(await shop.stripe.subscriptions.retrieve(made.id)).toMatchObject({ status: 'incomplete_expired' })
    expect((await shop.stripe.invoices.list({ subscription: made.id })).data[0]?.status).toBe('void')
  })

  test('without anything to pay with it is refused', async () => {
    const { id: customer } = await shop.stripe.customers.create({})
    const { id: price } = await shop.monthlyPrice()
    await expect(shop.stripe.subscriptions.create({ customer, items: [{ price }] })).rejects.toMatchObject({
      code: 'resource_missing',
    })
  })
})

describe('items', () => {
  test('added, changed and taken away, with what each costs or gives back', async () => {
    const { id, item, price } = await subscribed()
    const extra = await shop.stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' },
    })
    const added = await shop.stripe.subscriptionItems.create({
      subscription: id,
      price: extra.id,
      quantity: 2,
      proration_behavior: 'always_invoice',
    })
    expect(added.quantity).toBe(2)
    const [billed] = (await shop.stripe.invoices.list({ subscription: id })).data
    expect(billed).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' })
    expect(billed?.total).toBeGreaterThan(900) // nearly a whole period is left
    await shop.stripe.subscriptionItems.del(added.id)
    expect((await shop.stripe.subscriptionItems.list({ subscription: id })).data.map((one) => one.id)).toEqual([item])
    await expect(shop.stripe.subscriptionItems.del(item)).rejects.toThrow(/at least one/)
    // What was given back waits for the next invoice.
    await shop.emulator.control.renew(id)
    const [renewal] = (await shop.stripe.invoices.list({ subscription: id })).data
    expect(renewal?.total).toBeLessThan(100)
  })

  test.each([
    ['taken away first', (item: string, price: string) => [{ id: item, deleted: true as const }, { price }]],
    ['put in first', (item: string, price: string) => [{ price }, { id: item, deleted: true as const }]],
  ])('one in place of another, %s: one item, what is left of both on one invoice', async (_order, items) => {
    const { id, item, price } = await subscribed()
    const { id: other } = await shop.stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 5000,
      recurring: { interval: 'month' },
    })
    const changed = await shop.stripe.subscriptions.update(id, {
      items: items(item, other),
      proration_behavior: 'always_invoice',
    })
    expect(changed.items.data.map((one) => one.price.id)).toEqual([other])
    const [invoice] = (await shop.stripe.invoices.list({ subscription: id })).data
    expect(invoice?.lines.data.map(({ amount }) => Math.sign(amount)).toSorted()).toEqual([-1, 1])
    await expect(
      shop.stripe.subscriptions.update(id, { items: changed.items.data.map((one) => ({ id: one.id, deleted: true })) }),
    ).rejects.toThrow(/at least one/)
  })

  test('the same price twice, another interval, an unknown item: refused by name', async () => {
    const { id, price } = await subscribed()
    const yearly = await shop.stripe.prices.create({
      product: String(price.product),
      currency: 'usd',
      unit_amount: 1,
      recurring: { interval: 'year' },
    })
    const change = (item: object) => shop.stripe.subscriptions.update(id, { items: [item] })
    await expect(change({ price: price.id })).rejects.toMatchObject({ param: 'items[0][price]' })
    await expect(change({ price: yearly.id })).rejects.toMatchObject({ code: 'emulator_unsupported' })
    await expect(change({ id: 'si_nobody', quantity: 2 })).rejects.toMatchObject({ param: 'items[0][id]' })
  })
})

test('a preview shows what a change would cost, and changes nothing', async () => {
  const { id, item } = await subscribed()
  const before = await shop.emulator.control.state()
  const { items: _, ...next } = await shop.stripe.invoices
    .createPreview({ subscription: id })
    .then((invoice) => ({ total: invoice.total, reason: invoice.billing_reason, items: invoice.lines }))
  expect(next).toEqual({ total: 1000, reason: 'upcoming' })
  const change = await shop.stripe.invoices.createPreview({
    subscription: id,
    subscription_details: { items: [{ id: item, quantity: 3 }], proration_behavior: 'always_invoice' },
  })
  expect(change.total).toBeGreaterThan(1900)
  expect(change.lines.data.map(({ amount }) => Math.sign(amount))).toEqual([-1, 1])
  expect(await shop.emulator.control.state()).toMatchObject({ subscriptions: before.subscriptions, events: before.events })
})

test('paused: nothing is billed; resumed: a new period, paid', async () => {
  const { id } = await subscribed()
  await shop.stripe.subscriptions.pause(id)
  await shop.emulator.control.advance(90 * 24 * 3600)
  expect(await reasons()).toEqual(['subscription_create'])
  const resumed = await shop.stripe.subscriptions.resume(id)
  expect(resumed.status).toBe('active')
  expect(await reasons()).toEqual(['subscription_create', 'subscription_update'])
  expect(await types()).toEqual(expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']))
  await expect(shop.stripe.subscriptions.resume(id)).rejects.toThrow(/not paused/)
})

test.each([
  ['keep_as_draft', 'draft'],
  ['mark_uncollectible', 'uncollectible'],
  ['void', 'void'],
] as const)('collection paused (%s): the renewal’s invoice is %s, the subscription active', async (behavior, status) => {
  const { id } = await subscribed()
  await shop.stripe.subscriptions.update(id, { pause_collection: { behavior } })
  await shop.emulator.control.advance(32 * 24 * 3600)
  expect((await shop.stripe.invoices.list()).data[0]).toMatchObject({ status, billing_reason: 'subscription_cycle' })
  expect(await shop.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active', pause_collection: { behavior } })
  await shop.stripe.subscriptions.update(id, { pause_collection: '' })
  expect((await shop.emulator.control.renew(id))?.status).toBe('paid')
})

test('a draft is finalized by hand, and paid by hand', async () => {
  const { id } = await subscribed()
  await shop.stripe.subscriptions.update(id, { pause_collection: { behavior: 'keep_as_draft' } })
  const draft = await shop.emulator.control.renew(id)
  expect(await shop.stripe.invoices.finalizeInvoice(draft?.id ?? '')).toMatchObject({ status: 'open' })
  await expect(shop.stripe.invoices.finalizeInvoice(draft?.id ?? '')).rejects.toThrow(/already finalized/)
  const paid = await shop.stripe.invoices.pay(draft?.id ?? '')
  expect(paid.status).toBe('paid')
  expect(await (await fetch(paid.hosted_invoice_url ?? '')).text()).toContain('$10.00')
  const pdf = Buffer.from(await (await fetch(paid.invoice_pdf ?? '')).arrayBuffer()).toString('latin1')
  expect(pdf).toMatch(/^%PDF-1\.4[\s\S]*Total: \$10\.00[\s\S]*%%EOF/)
})

test('a trial that ends now is paid now, and its end can be moved', async () => {
  const { id } = await subscribed({ trialDays: 14 })
  const later = Math.floor(Date.now() / 1000) + 30 * 24 * 3600
  expect(await shop.stripe.subscriptions.update(id, { trial_end: later })).toMatchObject({ status: 'trialing', trial_end: later })
  expect(await shop.stripe.subscriptions.update(id, { trial_end: 'now' })).toMatchObject({ status: 'active' })
  expect((await shop.stripe.invoices.list()).data[0]).toMatchObject({ billing_reason: 'subscription_update', amount_paid: 1000 })
})

test('a discount given later counts from the next invoice', async () => {
  const { id } = await subscribed()
  const coupon = await shop.stripe.coupons.create({ percent_off: 25, duration: 'forever' })
  await shop.stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
  expect((await shop.emulator.control.renew(id))?.total).toBe(750)
  await shop.stripe.subscriptions.update(id, { discounts: '' })
  expect((await shop.emulator.control.renew(id))?.total).toBe(1000)
})

test('what the customer said about leaving is kept', async () => {
  const { id } = await subscribed()
  const said = { comment: 'moved on', feedback: 'unused' } as const
  expect(await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true, cancellation_details: said })).toMatchObject({
    cancellation_details: { ...said, reason: 'cancellation_requested' },
  })
  expect(await shop.stripe.subscriptions.cancel(id, { cancellation_details: { comment: '' } })).toMatchObject({
    cancellation_details: { comment: null, feedback: 'unused', reason: 'cancellation_requested' },
  })
})

test('canceled at once, with the rest of the period given back', async () => {
  const { id } = await subscribed()
  await shop.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true })
  expect((await shop.stripe.invoices.list()).data[0]?.total).toBeLessThan(-900)
})

test('an upcoming invoice is announced some days ahead, without an id', async () => {
  const { id } = await subscribed()
  await shop.emulator.control.advance(26 * 24 * 3600)
  const upcoming = (await shop.emulator.control.events()).filter(({ type }) => type === 'invoice.upcoming')
  expect(upcoming).toHaveLength(1)
  expect(upcoming[0]?.data.object).toMatchObject({ billing_reason: 'upcoming', total: 1000 })
  expect(upcoming[0]?.data.object).not.toHaveProperty('id')
  expect((await shop.stripe.invoices.list({ subscription: id })).data).toHaveLength(1)
})

test('a restricted key may use only what it was given', async () => {
  const key = 'rk_test_readonlyreadonly'
  const other = await openShop({ apiKeys: ['sk_test_everything', key] })
  try {
    await other.emulator.control.settings({ account: { restrictedKeys: { [key]: ['GET /v1/*'] } } })
    const restricted = clientOf(other.emulator, { key })
    await restricted.products.list()
    await expect(restricted.products.create({ name: 'A' })).rejects.toMatchObject({
      type: 'StripePermissionError',
      message: expect.not.stringContaining(key),
    })
  } finally {
    await other.close()
  }
})
