import type { ProductFields, StripePromotion } from '@licenseoperator/catalog'
import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AnApi, anApi, aSysadmin, insertCoupon } from '../an-api.ts'

// A change is judged as a whole: with the fields that it leaves as they are, the coupons that the product has, and the bundles that it is a part of.

const PATH = '/authlance/license/admin/products'
let api: AnApi
let root: string
beforeAll(async () => {
  api = await anApi()
  root = await aSysadmin()
})
afterAll(() => api.close())
beforeEach(async () => {
  for (const table of ['prices', 'coupons', 'products'] as const) await api.db.deleteFrom(table).execute()
})

async function change(slug: string, body: object) {
  const answer = await api.send('PUT', `${PATH}/${slug}`, body, root)
  const { code, field }: { code?: string; field?: string } = await answer.json()
  return { status: answer.status, code, field }
}
const stored = () => api.db.selectFrom('products').selectAll().orderBy('id').execute()
const refused = (field: string) => ({ status: 400, code: 'invalid_payload', field })

test.each([
  [{ billingInterval: 'month' }, 'billingInterval'],
  [{ type: 'subscription', billingInterval: 'one_time' }, 'billingInterval'],
  [{ type: 'subscription', billingInterval: 'year', billingIntervalCount: 4 }, 'billingIntervalCount'],
  [{ productKey: 'unknown' }, 'productKey'],
  [{ unitAmount: 49 }, 'unitAmount'],
  [{ currency: 'huf', unitAmount: 200 }, 'unitAmount'],
  [{ bundledProducts: [{ productKey: 'core' }] }, 'bundledProducts[0].productKey'],
  [{ coupons: [{ code: 'a' }, { code: 'A' }] }, 'coupons[1].code'],
  [{ coupons: [{ code: 'a', behavior: 'stripe_promotion' }] }, 'coupons[0].stripePromotion'],
])('%j is refused for %s, and nothing is written', async (body, field) => {
  const { slug } = await insertProduct(api.db)
  const before = await stored()
  expect(await change(slug, body)).toEqual(refused(field))
  expect(await stored()).toEqual(before)
  expect(await api.db.selectFrom('coupons').selectAll().execute()).toEqual([])
})

test('a creation that breaks a rule is refused for it before Stripe is asked for the price that it names', async () => {
  const body = { slug: 'core', name: 'Core', type: 'one_off', plan: 'core', productKey: 'core', unitAmount: 21_900 }
  const answer = await api.send('POST', PATH, { ...body, billingInterval: 'month', stripePriceId: 'price_1' }, root)
  expect(await answer.json()).toMatchObject({ code: 'invalid_payload', field: 'billingInterval' })
})

describe('a bundle that was broken before anybody looked', () => {
  const broken = () =>
    insertProduct(api.db, { slug: 'set', productKey: 'pro', bundledProducts: [{ productKey: 'nobody', quantity: 1 }] })

  test('keeps nobody from changing something else', async () => {
    await broken()
    const { slug } = await insertProduct(api.db, { slug: 'other' })
    expect(await change(slug, { name: 'Renamed' })).toMatchObject({ status: 200 })
  })

  test('is itself not changed without being mended', async () => {
    const { slug } = await broken()
    await insertProduct(api.db, { slug: 'part', productKey: 'core' })
    const bundledProducts = [{ productKey: 'nobody' }]
    expect(await change(slug, { name: 'Renamed', bundledProducts })).toEqual(refused('bundledProducts[0].productKey'))
    expect(await change(slug, { bundledProducts: [{ productKey: 'core' }] })).toMatchObject({ status: 200 })
  })

  test('is not put on sale again', async () => {
    const bundledProducts = [{ productKey: 'nobody', quantity: 1 }]
    const { slug } = await insertProduct(api.db, { slug: 'idle', productKey: 'pro', active: false, bundledProducts })
    expect(await change(slug, { active: true, bundledProducts })).toEqual(refused('bundledProducts[0].productKey'))
  })
})

describe('a coupon that can be redeemed', () => {
  const redeemable = async (stripePromotion: StripePromotion, fields: Partial<ProductFields> = {}) => {
    const product = await insertProduct(api.db, { slug: 'core', unitAmountMinor: 1000, baseAmountMinor: 1000, ...fields })
    await insertCoupon(api.db, { productId: product.id, code: 'SAVE', behavior: 'stripe_promotion', stripePromotion })
  }

  test.each<[string, StripePromotion, object, string]>([
    ['a price of which less is left than Stripe charges', { percentOff: 90 }, { unitAmount: 400 }, 'unitAmount'],
    ['another currency than the coupon has', { amountOff: 500, currency: 'usd' }, { currency: 'eur' }, 'currency'],
    ['a currency with another least charge', { percentOff: 90 }, { currency: 'mxn', unitAmount: 1000 }, 'currency'],
  ])('%s: refused, and nothing is written', async (_what, promotion, body, field) => {
    await redeemable(promotion)
    const before = await stored()
    expect(await change('core', body)).toEqual(refused(field))
    expect(await stored()).toEqual(before)
  })

  test('a fixed price of which less is left than the tiers left', async () => {
    await redeemable({ percentOff: 99 }, { pricingMode: 'tiered' })
    expect(await change('core', { pricingMode: 'fixed' })).toEqual(refused('pricingMode'))
  })

  test('is changed together with the product, or goes first', async () => {
    await redeemable({ amountOff: 500, currency: 'usd' })
    const stripePromotion = { amountOff: 500, currency: 'eur' }
    const coupons = [{ code: 'SAVE', behavior: 'stripe_promotion', stripePromotion }]
    expect(await change('core', { currency: 'eur', coupons })).toMatchObject({ status: 200 })
    const idle = [{ ...coupons[0], active: false }]
    expect(await change('core', { coupons: idle })).toMatchObject({ status: 200 })
    expect(await change('core', { currency: 'usd' })).toMatchObject({ status: 200 })
  })

  test('that could not be redeemed before keeps nobody from changing the product', async () => {
    await redeemable({ amountOff: 500, currency: 'gbp' })
    expect(await change('core', { unitAmount: 2000, currency: 'eur' })).toMatchObject({ status: 200 })
  })
})
