import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi, insertCoupon } from '../an-api.ts'

const PATH = '/authlance/license/products'
let api: AnApi

beforeAll(async () => {
  api = await anApi({ config: { productDisplay: { description: '', features: ['from the configuration'] } } })
})
afterEach(async () => {
  await api.db.deleteFrom('coupons').execute()
  await api.db.deleteFrom('products').execute()
})
afterAll(() => api.close())

describe('200', () => {
  test('an empty shop is an empty list', async () => {
    const response = await api.get(PATH)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual([])
  })

  test('active products that are not internal; subscriptions first, then by age', async () => {
    await insertProduct(api.db, { slug: 'one-off-1' })
    await insertProduct(api.db, { slug: 'inactive', active: false })
    await insertProduct(api.db, { slug: 'internal', internal: true })
    await insertProduct(api.db, { slug: 'one-off-2' })
    await insertProduct(api.db, { slug: 'subscription', type: 'subscription' })
    const slugs = (await (await api.get(PATH)).json()).map((product: { slug: string }) => product.slug)
    expect(slugs).toEqual(['subscription', 'one-off-1', 'one-off-2'])
  })

  test('what is unset is left out, never sent as zero, null or empty text', async () => {
    await insertProduct(api.db, { slug: 'bare', baseAmountMinor: 0, description: '', lookupKey: undefined })
    expect(await (await api.get(PATH)).json()).toEqual([
      {
        slug: 'bare',
        name: 'Core',
        plan: 'core',
        features: ['from the configuration'],
        currency: 'usd',
        unitAmount: 21_900,
        pricingMode: 'fixed',
        licenseType: 'one_off',
        coupons: [],
      },
    ])
  })

  test('a tier has only the parts it has, so that the storefront prices it as we do', async () => {
    await insertProduct(api.db, {
      pricingMode: 'tiered',
      pricingTiers: [{ upperBound: 5, amount: 900 }, { factor: 0.5, perUnit: true }, {}],
    })
    const [product] = await (await api.get(PATH)).json()
    expect(product.pricingTiers).toEqual([{ upperBound: 5, amount: 900 }, { factor: 0.5, perUnit: true }, {}])
  })

  test('an interval only where something recurs, and the license type by which the shop sorts its tabs', async () => {
    await insertProduct(api.db, { slug: 'a', type: 'subscription' })
    await insertProduct(api.db, { slug: 'b' })
    await insertProduct(api.db, { slug: 'c', metadata: { license_type: 'perpetual' } })
    const body: { interval?: string; licenseType: string }[] = await (await api.get(PATH)).json()
    expect(body.map(({ interval, licenseType }) => [licenseType, interval])).toEqual([
      ['subscription', 'year'],
      ['one_off', undefined],
      ['perpetual_manual', undefined],
    ])
  })

  test("the product's own features come before the configured ones", async () => {
    await insertProduct(api.db, { metadata: { features: 'SSO; Audit log\nSupport;' } })
    const [product] = await (await api.get(PATH)).json()
    expect(product.features).toEqual(['SSO', 'Audit log', 'Support'])
  })

  test('active coupons with the limits they have', async () => {
    const { id } = await insertProduct(api.db)
    await insertCoupon(api.db, { productId: id, code: 'LIMITED', maxPerGroup: 1, maxTotal: 5 })
    await insertCoupon(api.db, { productId: id, code: 'OPEN' })
    await insertCoupon(api.db, { productId: id, code: 'OVER', active: false })
    const [product] = await (await api.get(PATH)).json()
    expect(product.coupons).toEqual([
      { code: 'LIMITED', active: true, maxPerGroup: 1, maxTotal: 5 },
      { code: 'OPEN', active: true },
    ])
  })

  test('a bundle names its parts as they would be issued', async () => {
    await insertProduct(api.db, { slug: 'part', productKey: 'part', plan: 'gold', internal: true, maxManagedProducts: 7 })
    await insertProduct(api.db, {
      slug: 'bundle',
      bundledProducts: [
        { productKey: 'part', quantity: 2 },
        { productKey: 'gone', quantity: 1 },
      ],
    })
    const [bundle] = await (await api.get(PATH)).json()
    expect(bundle.bundledProducts).toEqual([
      {
        productKey: 'part',
        productSlug: 'part',
        plan: 'gold',
        type: 'one_off',
        pricingMode: 'fixed',
        quantity: 2,
        managedProducts: 7,
      },
    ])
  })
})
