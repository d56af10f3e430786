import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, aMember, anApi, insertCoupon, settings, takenOf } from '../an-api.ts'
import { startUncalledStripe } from '../uncalled-stripe.ts'

/** Everything here is refused before Stripe hears of it, and nothing stays held. What Stripe takes part in is in checkout-with-stripe.test.ts. */
let stripe: Awaited<ReturnType<typeof startUncalledStripe>>
let api: AnApi
let acme: string

beforeAll(async () => {
  stripe = await startUncalledStripe()
  api = await anApi({ stripe: { apiKey: 'sk_test_uncalled', apiBase: stripe.apiBase } })
  acme = await aMember('acme')
  const { id } = await insertProduct(api.db, { slug: 'fixed', maxManagedProducts: 10, maxLicenseTotal: 5 })
  await insertProduct(api.db, {
    slug: 'tiered',
    type: 'subscription',
    pricingMode: 'tiered',
    maxManagedProducts: 40,
    pricingTiers: [{ upperBound: 50, amount: 900 }],
  })
  await insertProduct(api.db, { slug: 'unpriced', pricingMode: 'tiered', pricingTiers: [{ upperBound: 3, amount: 900 }] })
  await insertProduct(api.db, { slug: 'inactive', active: false })
  await insertProduct(api.db, { slug: 'internal', internal: true })
  await insertProduct(api.db, { slug: 'automatic', metadata: { license_type: 'perpetual', maintenance: 'auto' } })
  await insertCoupon(api.db, { productId: id, code: 'BOUNDED', minManagedProducts: 2, maxManagedProducts: 4 })
  await insertCoupon(api.db, { productId: id, code: 'OVER', active: false })
  await insertCoupon(api.db, { productId: id, code: 'UNSYNCED', behavior: 'stripe_promotion', maxTotal: 1 })
})
afterEach(async () => {
  expect(stripe.calls()).toBe(0)
  expect(await api.db.selectFrom('reservations').selectAll().execute()).toEqual([])
  const held = await api.db.selectFrom('products').select('slug').where('licenses_taken', '>', 0).execute()
  expect(held).toEqual([])
  expect(await api.db.selectFrom('coupons').select('code').where('taken', '>', 0).execute()).toEqual([])
})
afterAll(async () => {
  await api.close()
  await stripe.stop()
})

describe('400', () => {
  test('a promotion that Stripe does not know yet holds nothing', async () => {
    const response = await api.checkout({ lookupKey: 'fixed', organizationName: 'acme', couponCode: 'UNSYNCED' }, acme)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ field: 'couponCode' })
  })

  test.each([
    ['negative seats', 'managedProducts', { lookupKey: 'tiered', managedProducts: -1 }],
    ['fractional seats', 'managedProducts', { lookupKey: 'tiered', managedProducts: 2.5 }],
    ['seats as text', 'managedProducts', { lookupKey: 'tiered', managedProducts: '2' }],
    ['seats beyond any integer', 'managedProducts', { lookupKey: 'tiered', managedProducts: 1e300 }],
    ['no seats for a tiered product', 'managedProducts', { lookupKey: 'tiered' }],
    ['null seats, which is none', 'managedProducts', { lookupKey: 'tiered', managedProducts: null }],
    ['zero seats for a tiered product', 'managedProducts', { lookupKey: 'tiered', managedProducts: 0 }],
    ['one seat more than the product has', 'managedProducts', { lookupKey: 'tiered', managedProducts: 41 }],
    ['one seat more, fixed price', 'managedProducts', { lookupKey: 'fixed', managedProducts: 11 }],
    ['seats that no tier prices', 'managedProducts', { lookupKey: 'unpriced', managedProducts: 4 }],
    [
      'fewer seats than the coupon asks for',
      'managedProducts',
      { lookupKey: 'fixed', couponCode: 'bounded', managedProducts: 1 },
    ],
    ['more seats than the coupon allows', 'managedProducts', { lookupKey: 'fixed', couponCode: 'bounded', managedProducts: 5 }],
    ['an unknown product', 'lookupKey', { lookupKey: 'no-such-product' }],
    ['an inactive product', 'lookupKey', { lookupKey: 'inactive' }],
    ['an internal product', 'lookupKey', { lookupKey: 'internal' }],
    ['no product at all', 'lookupKey', {}],
    ['a blank product', 'lookupKey', { lookupKey: '  ' }],
    ['a too long product', 'lookupKey', { lookupKey: 'x'.repeat(256) }],
    ['an unknown coupon', 'couponCode', { lookupKey: 'fixed', couponCode: 'NOPE' }],
    ['an inactive coupon', 'couponCode', { lookupKey: 'fixed', couponCode: 'OVER' }],
    ["another product's promotion", 'couponCode', { lookupKey: 'tiered', managedProducts: 1, couponCode: 'UNSYNCED' }],
    ['a coupon without a default product', 'couponCode', { couponCode: 'UNKNOWN' }],
    ['a too long group', 'organizationName', { lookupKey: 'fixed', organizationName: 'x'.repeat(129) }],
    ['a group with a control character', 'organizationName', { lookupKey: 'fixed', organizationName: 'ac\u0000me' }],
    ['a cookie domain that is none', 'cookieDomain', { lookupKey: 'fixed', cookieDomain: 'https://acme.test/' }],
  ])('%s', async (_what, field, body) => {
    const response = await api.checkout({ organizationName: 'acme', ...body }, acme)
    expect(response.status).toBe(400)
    const refusal = await response.json()
    expect(refusal).toMatchObject({ code: 'invalid_payload', field })
    expect(refusal.error).toMatch(new RegExp(`^invalid request: ${field} `))
  })

  test.each([{}, { organizationName: '' }, { organizationName: ' ' }])('no group: %j', async (group) => {
    const response = await api.checkout({ lookupKey: 'fixed', ...group }, acme)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ field: 'organizationName' })
  })

  test('no JSON object', async () => {
    expect((await api.checkout(['fixed'], acme)).status).toBe(400)
  })
})

test('500: automatic maintenance that has no price; the reason stays inside', async () => {
  const response = await api.checkout({ lookupKey: 'automatic', organizationName: 'acme' }, acme)
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ error: 'failed to create checkout session', code: 'internal' })
})

describe('401', () => {
  test('anonymous, even when the body is bad too', async () => {
    for (const body of [{ lookupKey: 'fixed', organizationName: 'acme' }, { managedProducts: -1 }]) {
      expect((await api.checkout(body)).status).toBe(401)
    }
  })
})

describe('403', () => {
  test.each(['other', 'ácme', 'acme2'])('a member of acme buying for %s', async (group) => {
    const response = await api.checkout({ lookupKey: 'fixed', organizationName: group }, acme)
    expect(response.status).toBe(403)
    expect((await response.json()).error).toBe('forbidden')
  })

  test('a token narrowed to something else', async () => {
    const token = await aMember('acme', ['licenses:read'])
    expect((await api.checkout({ lookupKey: 'fixed', organizationName: 'acme' }, token)).status).toBe(403)
  })

  test('a token without scopes where the configuration asks for them', async () => {
    const strict = await anApi({ config: { ...settings, requiredScopes: { 'payments:checkout': true } } })
    const response = await strict.checkout({ lookupKey: 'fixed', organizationName: 'acme' }, acme)
    await strict.close()
    expect(response.status).toBe(403)
  })
})

describe('409', () => {
  test('nothing left: of the product, of the coupon', async () => {
    const sold = await insertProduct(api.db, { slug: 'sold-out', maxLicenseTotal: 1 })
    const couponId = await insertCoupon(api.db, { productId: sold.id, code: 'GONE', maxTotal: 1 })
    await api.db.updateTable('products').set({ licenses_taken: 1 }).where('id', '=', sold.id).execute()
    const noProduct = await api.checkout({ lookupKey: 'sold-out', organizationName: 'acme' }, acme)
    await api.db.updateTable('products').set({ licenses_taken: 0 }).where('id', '=', sold.id).execute()
    await api.db.updateTable('coupons').set({ taken: 1 }).where('id', '=', couponId).execute()
    const noCoupon = await api.checkout({ lookupKey: 'sold-out', organizationName: 'acme', couponCode: 'gone' }, acme)
    expect(await takenOf(api.db, sold.id)).toBe(0)
    await api.db.updateTable('coupons').set({ taken: 0 }).where('id', '=', couponId).execute()
    for (const response of [noProduct, noCoupon]) {
      expect(response.status).toBe(409)
      expect(await response.json()).toMatchObject({ error: 'non-subscription quota exceeded', code: 'quota_exceeded' })
    }
  })
})
