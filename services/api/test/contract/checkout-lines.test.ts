import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AStripe, aStripe } from '../a-stripe.ts'
import { type AnApi, aMember, anApi, insertCoupon, insertLicense, reservationsOf, settings, takenOf } from '../an-api.ts'

/** What ends up on Stripe's page: lines, discounts, trial and tax, by the kind of product and coupon. */
let shop: AStripe
let api: AnApi
let acme: string

beforeAll(async () => {
  shop = await aStripe()
  api = await anApi({
    stripe: shop.account,
    config: { checkout: { ...settings.checkout, maintenancePriceLookupKey: 'default-maintenance', defaultOneOffSlug: 'gift' } },
  })
  acme = await aMember('acme')
  await insertProduct(api.db, { slug: 'gift', unitAmountMinor: 500, termDurationDays: 30 })
  await maintenancePrice('default-maintenance', { amountMinor: 4900 })
  await maintenancePrice('own-maintenance', { amountMinor: 900, interval: 'month' })
  await maintenancePrice('paid-once', { amountMinor: 900, interval: undefined })
})
afterAll(async () => {
  await api.close()
  await shop.stop()
})

async function maintenancePrice(lookupKey: string, price: { amountMinor: number; interval?: 'month' | 'year' | undefined }) {
  const { id } = await shop.stripe.products.create({ name: 'Maintenance' })
  const interval = 'interval' in price ? price.interval : 'year'
  await shop.stripe.prices.create({
    product: id,
    currency: 'usd',
    unit_amount: price.amountMinor,
    lookup_key: lookupKey,
    ...(interval === undefined ? {} : { recurring: { interval } }),
  })
}
const perpetual = (metadata: Record<string, string> = {}) => ({
  metadata: { license_type: 'Perpetual', maintenance: 'Auto', ...metadata },
})

async function opened(body: Record<string, unknown>, on = api) {
  const response = await on.checkout({ organizationName: 'acme', ...body }, acme)
  expect(response.status).toBe(200)
  return shop.stripe.checkout.sessions.retrieve((await response.json()).sessionId, { expand: ['line_items'] })
}
async function subscriptionOf(sessionId: string) {
  const { session } = await shop.emulator.control.completeCheckout(sessionId)
  return shop.stripe.subscriptions.retrieve(String(session.subscription))
}

describe('a perpetual license with automatic maintenance', () => {
  test('is paid once, and its maintenance each year at the configured price', async () => {
    const product = await insertProduct(api.db, { ...perpetual(), maxLicenseTotal: 3 })
    const session = await opened({ lookupKey: product.slug })
    expect(session).toMatchObject({ mode: 'subscription', amount_total: 21_900 + 4900 })
    expect(session.line_items?.data).toMatchObject([
      { quantity: 1, price: { type: 'one_time', unit_amount: 21_900 } },
      { quantity: 1, price: { type: 'recurring', unit_amount: 4900, recurring: { interval: 'year' } } },
    ])
    expect(session.metadata).toMatchObject({ license_mode: 'perpetual_auto', group_name: 'acme', product_slug: product.slug })
    // It counts towards the cap of licenses, though it is paid by subscription.
    expect(await takenOf(api.db, product.id)).toBe(1)
    const subscription = await subscriptionOf(session.id)
    expect(subscription.metadata).toEqual(session.metadata)
  })

  test("at the product's own maintenance price, if it names one", async () => {
    const product = await insertProduct(api.db, perpetual({ maintenance_price_lookup_key: 'own-maintenance' }))
    const session = await opened({ lookupKey: product.slug })
    expect(session.line_items?.data[1]).toMatchObject({ price: { unit_amount: 900, recurring: { interval: 'month' } } })
  })

  test('has no trial, also where subscriptions have one by default', async () => {
    const tried = await anApi({
      db: api.db,
      stripe: shop.account,
      config: { checkout: { ...settings.checkout, defaultTrialDays: 14, maintenancePriceLookupKey: 'default-maintenance' } },
    })
    const product = await insertProduct(api.db, perpetual())
    expect((await subscriptionOf((await opened({ lookupKey: product.slug }, tried)).id)).status).toBe('active')
    const subscribed = await insertProduct(api.db, { type: 'subscription' })
    expect((await subscriptionOf((await opened({ lookupKey: subscribed.slug }, tried)).id)).status).toBe('trialing')
    await tried.close()
  })

  test('500 where its maintenance price is unknown or does not recur, with nothing held', async () => {
    for (const key of ['nobody-has-this', 'paid-once']) {
      const product = await insertProduct(api.db, perpetual({ maintenance_price_lookup_key: key }))
      const response = await api.checkout({ lookupKey: product.slug, organizationName: 'acme' }, acme)
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({ error: 'failed to create checkout session', code: 'internal' })
      expect(await reservationsOf(api.db, product.id)).toEqual([])
    }
  })

  test('503 while Stripe cannot be asked for the price, with nothing held', async () => {
    const product = await insertProduct(api.db, perpetual())
    await shop.emulator.control.fault({ route: 'GET /v1/prices', status: 500, count: 2 })
    const response = await api.checkout({ lookupKey: product.slug, organizationName: 'acme' }, acme)
    expect(response.status).toBe(503)
    expect(await reservationsOf(api.db, product.id)).toEqual([])
    expect(await shop.emulator.control.pendingFaults()).toEqual([])
  })

  test('bought with a product_override coupon: one payment, and maintenance renewed by hand', async () => {
    const product = await insertProduct(api.db, perpetual())
    await insertCoupon(api.db, { productId: product.id, code: 'ONCE' })
    const session = await opened({ couponCode: 'once' })
    expect(session).toMatchObject({ mode: 'payment', amount_total: 21_900, metadata: { license_mode: 'perpetual_manual' } })
    expect(session.line_items?.data).toHaveLength(1)
  })
})

describe('a product_override coupon', () => {
  test("of a subscription sells the default one-off product, with the coupon's own metadata", async () => {
    const { id } = await insertProduct(api.db, { type: 'subscription', slug: 'yearly' })
    await insertCoupon(api.db, {
      productId: id,
      code: 'Gift',
      metadata: { campaign: 'spring', product_slug: 'mine', license_type: 'x' },
    })
    const session = await opened({ lookupKey: 'yearly', couponCode: ' GIFT ' })
    expect(session).toMatchObject({
      mode: 'payment',
      amount_total: 500,
      metadata: { product_slug: 'gift', license_mode: 'one_off', term_days: '30', coupon_code: 'Gift', campaign: 'spring' },
    })
    // A coupon must not turn a purchase into something else.
    expect(session.metadata?.license_type).toBeUndefined()
  })

  test('of a one-off product sells that product', async () => {
    const { id, slug } = await insertProduct(api.db, { unitAmountMinor: 100 })
    await insertCoupon(api.db, { productId: id, code: 'OWN' })
    expect(await opened({ couponCode: 'own' })).toMatchObject({ amount_total: 100, metadata: { product_slug: slug } })
  })
})

describe('a stripe_promotion coupon', () => {
  test.each([
    ['a share', { percent_off: 25 }, 7500],
    ['an amount', { amount_off: 1500, currency: 'usd' }, 8500],
  ] as const)('takes %s off the product it belongs to', async (_what, discount, total) => {
    const coupon = await shop.stripe.coupons.create({ ...discount, duration: 'once' })
    const code = `P${crypto.randomUUID().slice(0, 8)}`
    const { id: promotionId } = await shop.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code,
    })
    const { id, slug } = await insertProduct(api.db, { type: 'subscription', unitAmountMinor: 10_000 })
    await insertCoupon(api.db, {
      productId: id,
      code,
      behavior: 'stripe_promotion',
      maxTotal: 1,
      stripePromotion: { promotionId, duration: 'once' },
    })
    const session = await opened({ lookupKey: slug, couponCode: code.toLowerCase() })
    expect(session).toMatchObject({ mode: 'subscription', amount_subtotal: 10_000, amount_total: total })
    const again = { lookupKey: slug, couponCode: code, organizationName: 'acme', cookieDomain: 'other.example' }
    const second = await api.checkout(again, acme)
    expect(second.status).toBe(409)
  })
})

test('automatic tax, where it is configured, for every mode', async () => {
  const taxed = await anApi({
    db: api.db,
    stripe: shop.account,
    config: { checkout: { ...settings.checkout, automaticTax: true, maintenancePriceLookupKey: 'default-maintenance' } },
  })
  for (const fields of [{}, { type: 'subscription' as const }, perpetual()]) {
    const { slug } = await insertProduct(api.db, fields)
    expect(await opened({ lookupKey: slug }, taxed)).toMatchObject({ automatic_tax: { enabled: true } })
    expect(await opened({ lookupKey: slug })).toMatchObject({ automatic_tax: { enabled: false } })
  }
  await taxed.close()
})

test.each([
  ['a trial of an older release', {}, 'active'],
  ['what an older release sold by a coupon over everything', { couponCode: 'ALL' }, 'trialing'],
  ['what was sold since trials of subscriptions are recorded', { soldAs: [] }, 'trialing'],
])('a group that had %s and paid nothing', async (_name, had, status) => {
  const group = `had-${crypto.randomUUID()}`
  await insertLicense(api.db, { groupName: group, kind: 'subscription', ...had })
  const product = await insertProduct(api.db, { type: 'subscription', trialPeriodDays: 14 })
  const response = await api.checkout({ lookupKey: product.slug, organizationName: group }, await aMember(group))
  expect((await subscriptionOf((await response.json()).sessionId)).status).toBe(status)
})
