import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

/** The webhooks since the endpoint was added, once all are in. */
async function webhooks(): Promise<string[]> {
  await shop.emulator.control.waitIdle(10_000)
  return shop.types().splice(0)
}

describe('one-time purchase', () => {
  test('a card payment sends the events in the documented order, verifiable by the SDK', async () => {
    const price = await shop.oneTimePrice(1500)
    await shop.addEndpoint()
    const session = await shop.checkout({
      price: price.id,
      quantity: 2,
      metadata: { order: '7' },
      payment_intent_data: { metadata: { order: '7' } },
    })
    expect(session).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 3000,
      customer: null,
      payment_intent: null,
    })

    const result = await shop.emulator.control.completeCheckout(session.id, { email: 'ada@example.com', name: 'Ada' })

    expect(result).toMatchObject({ outcome: 'completed', redirectUrl: `http://shop.test/thanks?session=${session.id}` })
    expect(await webhooks()).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ])
    const completed = shop.received.at(-1)?.event
    expect(completed?.data.object).toMatchObject({
      id: session.id,
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer: null,
      invoice: null,
      metadata: { order: '7' },
    })
    expect(completed?.data.object).toMatchObject({
      customer_details: { email: 'ada@example.com', name: 'Ada' },
      customer_email: null,
    })
    expect(completed?.data.object).not.toHaveProperty('line_items')
    const [charge] = (await shop.stripe.charges.list()).data
    expect(charge).toMatchObject({
      paid: true,
      amount: 3000,
      metadata: { order: '7' },
      payment_method_details: { card: { last4: '4242' } },
    })
  })

  test('an invoice comes after the session, with its own metadata', async () => {
    const price = await shop.oneTimePrice()
    await shop.addEndpoint({
      enabled_events: [
        'checkout.session.completed',
        'invoice.created',
        'invoice.finalized',
        'invoice_payment.paid',
        'invoice.paid',
        'invoice.payment_succeeded',
        'customer.created',
      ],
    })
    const session = await shop.checkout({
      price: price.id,
      customer_creation: 'always',
      invoice_creation: { enabled: true, invoice_data: { metadata: { order: '7' } } },
    })
    await shop.emulator.control.completeCheckout(session.id)

    expect(await webhooks()).toEqual([
      'customer.created',
      'checkout.session.completed',
      'invoice.created',
      'invoice.finalized',
      'invoice_payment.paid',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
    const done = await shop.stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice.payments'] })
    expect(done.invoice).toMatchObject({
      status: 'paid',
      metadata: { order: '7' },
      parent: null,
      payments: { data: [{ payment: { payment_intent: done.payment_intent } }] },
    })
  })

  test('a free order makes no payment', async () => {
    const price = await shop.oneTimePrice()
    const coupon = await shop.stripe.coupons.create({ percent_off: 100 })
    await shop.addEndpoint()
    const session = await shop.checkout({ price: price.id, discounts: [{ coupon: coupon.id }] })
    await shop.emulator.control.completeCheckout(session.id)
    expect(await webhooks()).toEqual(['checkout.session.completed'])
    expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      payment_status: 'no_payment_required',
      payment_intent: null,
      amount_total: 0,
    })
    expect((await shop.stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1)
  })

  test('a declined card leaves the session open, and a good one can still pay it', async () => {
    const price = await shop.oneTimePrice()
    await shop.addEndpoint()
    const session = await shop.checkout({ price: price.id })
    expect(await shop.emulator.control.completeCheckout(session.id, { card: '4000 0000 0000 9995' })).toMatchObject({
      outcome: 'declined',
      message: 'Your card has insufficient funds.',
    })
    expect(await webhooks()).toEqual(['payment_intent.payment_failed', 'charge.failed'])
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
    expect((await shop.emulator.control.completeCheckout(session.id)).outcome).toBe('completed')
    expect((await shop.emulator.control.completeCheckout(session.id)).outcome).toBe('already_completed')
    expect((await webhooks()).filter((type) => type === 'checkout.session.completed')).toHaveLength(1)
  })

  test.each([
    ['succeeded', ['charge.succeeded', 'payment_intent.succeeded', 'checkout.session.async_payment_succeeded'], 'paid'],
    ['failed', ['charge.failed', 'payment_intent.payment_failed', 'checkout.session.async_payment_failed'], 'unpaid'],
  ] as const)('a bank debit completes unpaid and then has %s', async (outcome, later, paymentStatus) => {
    const price = await shop.oneTimePrice()
    await shop.addEndpoint()
    const session = await shop.checkout({ price: price.id })
    await shop.emulator.control.completeCheckout(session.id, { method: 'bank_debit' })
    expect(await webhooks()).toEqual(['payment_intent.processing', 'checkout.session.completed'])
    expect(shop.received.at(-1)?.event?.data.object).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
    await shop.emulator.control.settleDebit(session.id, outcome)
    expect((await webhooks()).slice(2)).toEqual(later)
    expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: paymentStatus,
    })
  })

  test('an abandoned session expires by itself at expires_at, on the emulator clock', async () => {
    const { control } = shop.emulator
    const price = await shop.oneTimePrice()
    await shop.addEndpoint()
    const { now } = await control.clock({ freezeAt: null })
    const session = await shop.checkout({ price: price.id, expires_at: now + 1800 })
    await control.clock({ advanceSeconds: 1799 })
    expect((await shop.stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
    await control.clock({ advanceSeconds: 1 })
    expect(await webhooks()).toEqual(['checkout.session.expired'])
    expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired', url: null })
    expect((await control.completeCheckout(session.id)).outcome).toBe('expired')
    await expect(shop.stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('subscription', () => {
  const cardOrder = [
    'customer.created',
    'payment_method.attached',
    'charge.succeeded',
    'payment_intent.succeeded',
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'invoice_payment.paid',
    'invoice.paid',
    'invoice.payment_succeeded',
    'checkout.session.completed',
  ]

  async function subscribe(
    data: { trial_period_days?: number; metadata?: Record<string, string> } = { metadata: { group: 'acme' } },
  ) {
    const price = await shop.monthlyPrice(500)
    await shop.addEndpoint()
    const session = await shop.checkout({ mode: 'subscription', price: price.id, quantity: 3, subscription_data: data })
    await shop.emulator.control.completeCheckout(session.id)
    const types = await webhooks()
    return { types, session: await shop.stripe.checkout.sessions.retrieve(session.id) }
  }

  test('a card payment makes customer, subscription, paid invoice and session, in the documented order', async () => {
    const { types, session } = await subscribe()
    expect(types).toEqual(cardOrder)
    expect(session).toMatchObject({ payment_status: 'paid', payment_intent: null, amount_total: 1500 })
    const invoice = await shop.stripe.invoices.retrieve(String(session.invoice))
    const subscription = await shop.stripe.subscriptions.retrieve(String(session.subscription))
    const [item] = subscription.items.data
    expect(subscription).toMatchObject({
      status: 'active',
      customer: session.customer,
      latest_invoice: invoice.id,
      billing_mode: { type: 'flexible' },
    })
    expect(invoice).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_create',
      total: 1500,
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: subscription.id, metadata: { group: 'acme' } },
      },
      lines: {
        data: [
          {
            amount: 1500,
            quantity: 3,
            period: { start: item?.current_period_start, end: item?.current_period_end },
            metadata: { group: 'acme' },
          },
        ],
      },
    })
    expect(invoice).not.toHaveProperty('subscription')
    const [payment] = (await shop.stripe.invoicePayments.list({ invoice: invoice.id })).data
    expect(payment).toMatchObject({ status: 'paid', amount_paid: 1500, is_default: true })
  })

  test('the first subscription event can say incomplete, then active', async () => {
    await shop.emulator.control.settings({ subscriptions: { initialStatus: 'incomplete' } })
    const { types } = await subscribe()
    expect(types).toEqual([...cardOrder.slice(0, -1), 'customer.subscription.updated', 'checkout.session.completed'])
    const updated = shop.received.find(({ event }) => event?.type === 'customer.subscription.updated')?.event
    expect(updated?.data).toMatchObject({ object: { status: 'active' }, previous_attributes: { status: 'incomplete' } })
  })

  test('a trial starts with an invoice over nothing', async () => {
    const { types, session } = await subscribe({ trial_period_days: 14 })
    expect(types).toEqual([
      'customer.created',
      'payment_method.attached',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'checkout.session.completed',
    ])
    expect(session).toMatchObject({ payment_status: 'no_payment_required', amount_total: 0 })
    const subscription = await shop.stripe.subscriptions.retrieve(String(session.subscription))
    expect(subscription.status).toBe('trialing')
    expect((subscription.trial_end ?? 0) - (subscription.trial_start ?? 0)).toBe(14 * 24 * 60 * 60)
    expect(await shop.stripe.invoices.retrieve(String(session.invoice))).toMatchObject({
      status: 'paid',
      total: 0,
      billing_reason: 'subscription_create',
    })
  })

  test('a renewal moves the item periods and bills the next one', async () => {
    const { session } = await subscribe()
    const before = (await shop.stripe.subscriptions.retrieve(String(session.subscription))).items.data[0]
    shop.received.splice(0)
    const invoice = await shop.emulator.control.renew(String(session.subscription))
    expect(await webhooks()).toEqual([
      'customer.subscription.updated',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.paid',
      'invoice.payment_succeeded',
    ])
    expect(invoice).toMatchObject({
      billing_reason: 'subscription_cycle',
      total: 1500,
      lines: { data: [{ period: { start: before?.current_period_end } }] },
    })
  })

  test('a saved card that fails makes the renewal past due', async () => {
    const price = await shop.monthlyPrice()
    const session = await shop.checkout({ mode: 'subscription', price: price.id, subscription_data: { trial_period_days: 7 } })
    await shop.emulator.control.completeCheckout(session.id, { card: '4000000000000341' })
    const { subscription } = await shop.stripe.checkout.sessions.retrieve(session.id)
    await shop.addEndpoint()
    const invoice = await shop.emulator.control.renew(String(subscription))
    expect((await webhooks()).slice(3)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'customer.subscription.updated',
    ])
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 1 })
    expect((await shop.stripe.subscriptions.retrieve(String(subscription))).status).toBe('past_due')
  })

  test('a scheduled cancellation ends at the renewal, without an invoice', async () => {
    const { session } = await subscribe()
    const id = String(session.subscription)
    expect(await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
      cancel_at_period_end: true,
      status: 'active',
    })
    expect(await shop.emulator.control.renew(id)).toBeNull()
    expect((await webhooks()).slice(-2)).toEqual(['customer.subscription.updated', 'customer.subscription.deleted'])
    expect((await shop.stripe.subscriptions.list()).data).toEqual([])
    expect((await shop.stripe.subscriptions.list({ status: 'all' })).data[0]).toMatchObject({ id, status: 'canceled' })
  })

  test('a promotion code is redeemed once and announced', async () => {
    const price = await shop.monthlyPrice(1000)
    const coupon = await shop.stripe.coupons.create({ percent_off: 25, duration: 'once' })
    const code = await shop.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'SAVE',
      max_redemptions: 1,
    })
    await shop.addEndpoint({
      enabled_events: ['promotion_code.updated', 'customer.discount.created', 'checkout.session.completed'],
    })
    const session = await shop.checkout({ mode: 'subscription', price: price.id, discounts: [{ promotion_code: code.id }] })
    const late = await shop.checkout({ mode: 'subscription', price: price.id, discounts: [{ promotion_code: code.id }] })
    await shop.emulator.control.completeCheckout(session.id)
    expect(await webhooks()).toEqual(['checkout.session.completed', 'promotion_code.updated', 'customer.discount.created'])
    const done = await shop.stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })
    expect(done).toMatchObject({ amount_total: 750, invoice: { total: 750, total_discount_amounts: [{ amount: 250 }] } })
    expect(await shop.stripe.promotionCodes.retrieve(code.id)).toMatchObject({ active: false, times_redeemed: 1 })
    expect((await shop.emulator.control.completeCheckout(late.id)).outcome).toBe('invalid')
    expect((await shop.emulator.control.renew(String(done.subscription)))?.total).toBe(1000)
  })
})
