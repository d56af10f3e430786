import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRoute, implementedRoutes } from '../src/resources/routes.ts'
import { checkAnswer } from '../src/schema/check-object.ts'
import { type RouteKey, routes } from '../src/schema/routes.ts'
import { openShop } from './shop.ts'

const routeOfObject: Record<string, RouteKey> = {
  'checkout.session': 'GET /v1/checkout/sessions/{id}',
  'billing_portal.configuration': 'GET /v1/billing_portal/configurations/{id}',
  'billing_portal.session': 'POST /v1/billing_portal/sessions',
  charge: 'GET /v1/charges/{id}',
  coupon: 'GET /v1/coupons/{id}',
  customer: 'GET /v1/customers/{id}',
  dispute: 'GET /v1/disputes/{id}',
  invoice: 'GET /v1/invoices/{id}',
  invoice_payment: 'GET /v1/invoice_payments/{id}',
  payment_intent: 'GET /v1/payment_intents/{id}',
  payment_method: 'GET /v1/payment_methods/{id}',
  price: 'GET /v1/prices/{id}',
  product: 'GET /v1/products/{id}',
  refund: 'GET /v1/refunds/{id}',
  promotion_code: 'GET /v1/promotion_codes/{id}',
  subscription: 'GET /v1/subscriptions/{id}',
  tax_id: 'GET /v1/customers/{id}/tax_ids/{id}',
  tax_rate: 'GET /v1/tax_rates/{id}',
}

test('every listed route is implemented', () => {
  expect([...implementedRoutes].sort()).toEqual([...routes].sort())
})

test('the check notices a missing, an unknown, a null and a mistyped field', () => {
  const customer = { id: 'cus_1', object: 'customer' }
  expect(checkAnswer('GET /v1/coupons/{id}', { ...customer, object: 'coupon' })).toContain('.valid: missing')
  expect(checkAnswer('DELETE /v1/coupons/{id}', { id: 'x', object: 'coupon', deleted: true, extra: 1 })).toEqual([
    '.extra: unknown',
  ])
  expect(checkAnswer('DELETE /v1/coupons/{id}', { id: null, object: 'coupon', deleted: true })).toEqual([
    '.id: null is not string',
  ])
  expect(checkAnswer('DELETE /v1/coupons/{id}', { id: 'x', object: 'cupon', deleted: true })).toHaveLength(1)
})

test('every recorded answer and event has the shape the SDK declares, and no line holds a key or a signing secret', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  const recordFile = join(folder, 'traffic.jsonl')
  const shop = await openShop({ recordFile })
  try {
    const { stripe } = shop
    const subscribe = async () => {
      const { id } = await shop.checkout({
        mode: 'subscription',
        price: (await shop.monthlyPrice()).id,
        automatic_tax: { enabled: true },
        tax_id_collection: { enabled: true },
        consent_collection: { terms_of_service: 'required' },
      })
      await shop.emulator.control.completeCheckout(id, { card: '4000002500003155', taxId: { type: 'gb_vat', value: 'GB1' } })
      const done = await stripe.checkout.sessions.retrieve(id, { expand: ['subscription', 'total_details.breakdown'] })
      if (typeof done.subscription !== 'object' || done.subscription === null) throw new Error('not subscribed')
      return { subscription: done.subscription }
    }
    const endpoint = await shop.addEndpoint({ enabled_events: ['product.created'], metadata: { a: '1' } })
    await stripe.webhookEndpoints.update(endpoint.id, { description: 'changed' })
    const price = await shop.oneTimePrice()
    const monthly = await shop.monthlyPrice()
    const coupon = await stripe.coupons.create({
      amount_off: 100,
      currency: 'usd',
      applies_to: { products: [String(price.product)] },
    })
    const code = await stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      restrictions: { minimum_amount: 100, minimum_amount_currency: 'usd' },
    })
    await stripe.coupons.retrieve(coupon.id, { expand: ['applies_to'] })
    await stripe.promotionCodes.update(code.id, { metadata: { a: '1' } })
    await stripe.products.update(String(price.product), { description: 'x', default_price: price.id })
    await stripe.prices.update(price.id, { nickname: 'x' })
    const customer = await stripe.customers.create({ email: 'a@example.com', address: { country: 'DE' } })
    await stripe.customers.retrieve(customer.id, { expand: ['tax', 'sources', 'tax_ids', 'subscriptions'] })
    const sessions = [
      await shop.checkout({
        price: price.id,
        discounts: [{ promotion_code: code.id }],
        automatic_tax: { enabled: true },
        invoice_creation: { enabled: true },
      }),
      await shop.checkout({
        price: price.id,
        customer: customer.id,
        tax_id_collection: { enabled: true },
        phone_number_collection: { enabled: true },
      }),
      await shop.checkout({ mode: 'subscription', price: monthly.id, allow_promotion_codes: true }),
      await shop.checkout({ mode: 'subscription', price: monthly.id, subscription_data: { trial_period_days: 3 } }),
    ]
    for (const session of sessions) await shop.emulator.control.completeCheckout(session.id)
    const failing = await shop.checkout({ price: price.id })
    await shop.emulator.control.failCheckout(failing.id)
    await shop.emulator.control.completeCheckout(failing.id, { method: 'bank_debit' })
    await shop.emulator.control.settleDebit(failing.id, 'succeeded')
    const expired = await shop.checkout({ price: price.id })
    await stripe.checkout.sessions.expire(expired.id)
    for (const session of [...sessions, failing]) {
      const done = await stripe.checkout.sessions.retrieve(session.id, {
        expand: [
          'line_items',
          'total_details.breakdown',
          'invoice.payments',
          'subscription.latest_invoice',
          'payment_intent.latest_charge',
          'customer',
        ],
      })
      await stripe.checkout.sessions.listLineItems(done.id)
    }
    const [subscription] = (await stripe.subscriptions.list()).data
    await shop.emulator.control.renew(subscription?.id ?? '')
    await stripe.subscriptions.update(subscription?.id ?? '', {
      items: [{ id: subscription?.items.data[0]?.id ?? '', quantity: 2 }],
      proration_behavior: 'always_invoice',
    })
    const [charge, other] = (await stripe.charges.list()).data.filter((one) => one.paid)
    const refund = await stripe.refunds.create({ charge: charge?.id ?? '', amount: 1, reason: 'duplicate' })
    await stripe.refunds.update(refund.id, { metadata: { a: '1' } })
    await shop.emulator.control.failRefund(refund.id)
    const dispute = await shop.emulator.control.dispute(other?.id ?? '')
    await stripe.disputes.update(dispute.id, { evidence: { product_description: 'x' } })
    await shop.emulator.control.closeDispute(dispute.id, 'won')
    await stripe.charges.retrieve(charge?.id ?? '', { expand: ['refunds'] })
    await stripe.subscriptions.update(subscription?.id ?? '', { metadata: { a: '1' }, cancel_at_period_end: true })
    await stripe.subscriptions.cancel(subscription?.id ?? '')
    const [invoice] = (await stripe.invoices.list()).data
    await stripe.invoices.listLineItems(invoice?.id ?? '')
    for (const list of [
      stripe.charges,
      stripe.refunds,
      stripe.disputes,
      stripe.paymentIntents,
      stripe.invoicePayments,
      stripe.events,
      stripe.customers,
      stripe.webhookEndpoints,
      stripe.checkout.sessions,
    ])
      await list.list({ limit: 100 })
    await shop.emulator.control.settings({ tax: { percent: 19 } })
    const { subscription: taxed } = await subscribe()
    const [item] = taxed.items.data
    const other2 = await stripe.prices.create({
      product: String(monthly.product),
      currency: 'usd',
      unit_amount: 1,
      recurring: { interval: 'month' },
      tax_behavior: 'inclusive',
    })
    const added = await stripe.subscriptionItems.create({ subscription: taxed.id, price: other2.id })
    await stripe.subscriptionItems.retrieve(added.id)
    await stripe.subscriptionItems.update(added.id, { quantity: 3 })
    await stripe.subscriptionItems.list({ subscription: taxed.id })
    await stripe.invoices.createPreview({
      subscription: taxed.id,
      subscription_details: { items: [{ id: item?.id ?? '', quantity: 5 }] },
    })
    await stripe.subscriptionItems.del(added.id)
    await stripe.subscriptions.pause(taxed.id)
    await stripe.subscriptions.resume(taxed.id)
    await shop.emulator.control.advance(25 * 24 * 3600)
    await stripe.customers.retrieve(String(taxed.customer), { expand: ['tax_ids'] })
    await stripe.customers.listPaymentMethods(String(taxed.customer))
    await shop.emulator.control.setCard(String(taxed.customer), '4242424242424242')
    const made = await stripe.subscriptions.create({ customer: String(taxed.customer), items: [{ price: monthly.id }] })
    await stripe.subscriptions.update(made.id, { discounts: [{ coupon: coupon.id }] })
    await stripe.subscriptions.cancel(made.id, { prorate: true, invoice_now: true })
    const taxId = await stripe.customers.createTaxId(customer.id, { type: 'eu_vat', value: 'DE123456789' })
    await stripe.customers.retrieveTaxId(customer.id, taxId.id)
    await stripe.customers.listTaxIds(customer.id)
    await stripe.customers.deleteTaxId(customer.id, taxId.id)
    const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 19 })
    await stripe.taxRates.update(rate.id, { active: false })
    await stripe.taxRates.retrieve(rate.id)
    await stripe.taxRates.list()
    const warned = await shop.checkout({ price: price.id })
    await shop.emulator.control.completeCheckout(warned.id, { card: '4000000000005423' })
    const portal = await stripe.billingPortal.configurations.create({ features: { payment_method_update: { enabled: true } } })
    await stripe.billingPortal.configurations.update(portal.id, {
      name: 'x',
      features: { subscription_cancel: { enabled: true } },
    })
    await stripe.billingPortal.configurations.list()
    await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration: portal.id,
      flow_data: { type: 'payment_method_update' },
    })
    await stripe.customers.del(customer.id)
    await stripe.customers.retrieve(customer.id)
    await stripe.webhookEndpoints.del(endpoint.id)

    const text = await readFile(recordFile, 'utf8')
    expect(text).not.toContain(shop.emulator.apiKey)
    expect(text).not.toContain('whsec_')
    const problems = text
      .trim()
      .split('\n')
      .flatMap((line) => problemsOf(JSON.parse(line)))
    expect([...new Set(problems)]).toEqual([])
  } finally {
    await shop.close()
    await rm(folder, { recursive: true })
  }
})

interface Line {
  method?: string
  path?: string
  status?: number
  response?: unknown
  event?: { type: string; data: { object: { object: string } } }
}

function problemsOf(line: Line): string[] {
  if (line.event !== undefined) {
    const { type, data } = line.event
    // These have no route of their own here.
    if (['discount', 'radar.early_fraud_warning', 'test_helpers.test_clock'].includes(data.object.object)) return []
    const route = routeOfObject[data.object.object]
    // An upcoming invoice is the one object without an id.
    if (type === 'invoice.upcoming') return checkAnswer('GET /v1/invoices/{id}', { ...data.object, id: '' })
    return route === undefined ? [`${type}: no table`] : checkAnswer(route, data.object).map((problem) => `${type} ${problem}`)
  }
  const route = findRoute(line.method ?? '', line.path ?? '')
  if (line.status !== 200 || route === undefined)
    return [`${line.method} ${line.path}: ${line.status} ${JSON.stringify(line.response)}`]
  return checkAnswer(route.key, line.response).map((problem) => `${route.key} ${problem}`)
}
