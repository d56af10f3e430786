import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.emulator.control.reset()
  await shop.emulator.control.settings({ tax: { percent: 20 } })
})

async function priceWith(behavior: 'exclusive' | 'inclusive', recurring = false) {
  const product = await shop.stripe.products.create({ name: 'Alpha' })
  return shop.stripe.prices.create({
    product: product.id,
    currency: 'eur',
    unit_amount: 1200,
    tax_behavior: behavior,
    ...(recurring ? { recurring: { interval: 'month' } } : {}),
  })
}

describe('automatic tax', () => {
  test.each([
    ['exclusive', { subtotal: 1200, tax: 240, total: 1440 }],
    ['inclusive', { subtotal: 1200, tax: 200, total: 1200 }],
  ] as const)('%s prices: known once the place is, and named in the breakdown', async (behavior, amounts) => {
    const price = await priceWith(behavior)
    const open = await shop.checkout({ price: price.id, automatic_tax: { enabled: true } })
    expect(open).toMatchObject({ amount_total: 1200, automatic_tax: { status: 'requires_location_inputs' } })
    await shop.emulator.control.completeCheckout(open.id)
    const done = await shop.stripe.checkout.sessions.retrieve(open.id, {
      expand: ['total_details.breakdown', 'line_items', 'payment_intent'],
    })
    expect(done).toMatchObject({
      amount_subtotal: amounts.subtotal,
      amount_total: amounts.total,
      automatic_tax: { status: 'complete' },
      total_details: {
        amount_tax: amounts.tax,
      },
      line_items: { data: [{ amount_tax: amounts.tax, amount_total: amounts.total }] },
      payment_intent: { amount: amounts.total },
    })
  })

  test('a discount comes off before tax', async () => {
    const price = await priceWith('exclusive')
    const coupon = await shop.stripe.coupons.create({ percent_off: 50 })
    const session = await shop.checkout({
      price: price.id,
      automatic_tax: { enabled: true },
      discounts: [{ coupon: coupon.id }],
    })
    const { session: done } = await shop.emulator.control.completeCheckout(session.id)
    expect(done).toMatchObject({ amount_total: 720, total_details: { amount_discount: 600, amount_tax: 120 } })
  })

  test('a subscription is taxed on its first invoice, on renewals and on changes', async () => {
    const price = await priceWith('exclusive', true)
    const session = await shop.checkout({ mode: 'subscription', price: price.id, automatic_tax: { enabled: true } })
    const { session: done } = await shop.emulator.control.completeCheckout(session.id)
    const id = String(done.subscription)
    await shop.emulator.control.renew(id)
    const [item] = (await shop.stripe.subscriptions.retrieve(id)).items.data
    await shop.stripe.subscriptions.update(id, {
      items: [{ id: item?.id ?? '', quantity: 3 }],
      proration_behavior: 'always_invoice',
    })
    const invoices = (await shop.stripe.invoices.list()).data.toReversed()
    expect(invoices.map(({ billing_reason: reason }) => reason)).toEqual([
      'subscription_create',
      'subscription_cycle',
      'subscription_update',
    ])
    for (const invoice of invoices) {
      const tax = (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)
      expect(tax).toBeGreaterThan(0)
      expect(invoice.total).toBe(invoice.subtotal + tax)
      expect(invoice).toMatchObject({ amount_paid: invoice.total, total_excluding_tax: invoice.subtotal })
      expect(tax).toBe(invoice.lines.data.reduce((sum, line) => sum + (line.taxes?.[0]?.amount ?? 0), 0))
    }
    expect(invoices[0]).toMatchObject({ subtotal: 1200, total: 1440 })
  })

  test('an exempt customer pays none, and without automatic tax nobody does', async () => {
    const price = await priceWith('exclusive')
    const exempt = await shop.stripe.customers.create({ address: { country: 'DE' }, tax_exempt: 'reverse' })
    const sessions = [
      await shop.checkout({ price: price.id, customer: exempt.id, automatic_tax: { enabled: true } }),
      await shop.checkout({ price: price.id }),
    ]
    for (const { id } of sessions)
      expect((await shop.emulator.control.completeCheckout(id)).session).toMatchObject({ amount_total: 1200 })
  })

  test('an endpoint on acacia reads it in the older fields', async () => {
    await shop.addEndpoint({ api_version: '2025-02-24.acacia', enabled_events: ['invoice.paid'] })
    const price = await priceWith('exclusive', true)
    const session = await shop.checkout({ mode: 'subscription', price: price.id, automatic_tax: { enabled: true } })
    await shop.emulator.control.completeCheckout(session.id)
    await shop.emulator.control.waitIdle()
    expect(JSON.parse(shop.received.at(-1)?.body ?? '{}').data.object).toMatchObject({
      tax: 240,
      total_tax_amounts: [{ amount: 240, inclusive: false }],
      total: 1440,
    })
  })
})

test('a tax id is asked for where the session says so, and stays with the customer', async () => {
  const price = await priceWith('exclusive', true)
  const session = await shop.checkout({
    mode: 'subscription',
    price: price.id,
    tax_id_collection: { enabled: true, required: 'if_supported' },
  })
  expect(await shop.emulator.control.completeCheckout(session.id)).toMatchObject({
    outcome: 'invalid',
    message: 'Enter your tax id.',
  })
  const taxId = { type: 'eu_vat', value: 'DE123456789' } as const
  const { session: done } = await shop.emulator.control.completeCheckout(session.id, { taxId })
  expect(done.customer_details?.tax_ids).toEqual([taxId])
  expect((await shop.stripe.customers.listTaxIds(String(done.customer))).data).toMatchObject([{ ...taxId, country: 'DE' }])
  await shop.emulator.control.renew(String(done.subscription))
  expect((await shop.stripe.invoices.list()).data[0]?.customer_tax_ids).toEqual([taxId])
})

test('terms of service have to be accepted where the session says so', async () => {
  const price = await priceWith('exclusive')
  const session = await shop.checkout({ price: price.id, consent_collection: { terms_of_service: 'required' } })
  expect(await shop.emulator.control.completeCheckout(session.id, { acceptsTerms: false })).toMatchObject({ outcome: 'invalid' })
  const { session: done } = await shop.emulator.control.completeCheckout(session.id)
  expect(done.consent).toMatchObject({ terms_of_service: 'accepted' })
})
