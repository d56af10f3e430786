import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi, settings } from '../an-api.ts'

const PATH = '/authlance/license/product'
let api: AnApi

beforeAll(async () => {
  api = await anApi({
    config: {
      checkout: { ...settings.checkout, defaultSubscriptionSlug: 'the-subscription', defaultOneOffSlug: 'the-one-off' },
      productDisplay: { description: '', features: ['one', 'two'] },
    },
  })
})
afterEach(async () => {
  await api.db.deleteFrom('products').execute()
})
afterAll(() => api.close())

async function nameOfDefault(): Promise<unknown> {
  const response = await api.get(PATH)
  expect(response.status).toBe(200)
  return (await response.json()).name
}

describe('200', () => {
  test('what is unset is left out, never sent as zero, null or empty text', async () => {
    await insertProduct(api.db, { baseAmountMinor: 0, description: '', lookupKey: undefined })
    const body = await (await api.get(PATH)).json()
    expect(body).toEqual({
      name: 'Core',
      features: ['one', 'two'],
      currency: 'usd',
      unitAmount: 21_900,
      productKey: 'core',
      pricingMode: 'fixed',
      publicBaseUrl: 'https://licenses.example.com',
    })
  })

  test('what is set is sent; tiers without the parts they do not have', async () => {
    await insertProduct(api.db, {
      type: 'subscription',
      pricingMode: 'tiered',
      description: 'For teams',
      baseAmountMinor: 500,
      lookupKey: 'core-yearly',
      stripePriceId: 'price_1',
      stripeProductId: 'prod_1',
      maxManagedProducts: 40,
      pricingTiers: [
        { upperBound: 3, amount: 900 },
        { factor: 0.8, perUnit: true },
      ],
    })
    expect(await (await api.get(PATH)).json()).toEqual({
      name: 'Core',
      description: 'For teams',
      features: ['one', 'two'],
      currency: 'usd',
      unitAmount: 21_900,
      baseAmount: 500,
      interval: 'year',
      lookupKey: 'core-yearly',
      priceId: 'price_1',
      productId: 'prod_1',
      productKey: 'core',
      pricingMode: 'tiered',
      pricingTiers: [
        { upperBound: 3, amount: 900 },
        { factor: 0.8, perUnit: true },
      ],
      maxManagedProducts: 40,
      publicBaseUrl: 'https://licenses.example.com',
    })
  })

  test('the configured subscription, else the configured one-off product, else the oldest on sale', async () => {
    await insertProduct(api.db, { name: 'hidden', internal: true })
    await insertProduct(api.db, { name: 'oldest' })
    await insertProduct(api.db, { name: 'younger subscription', type: 'subscription' })
    expect(await nameOfDefault()).toBe('oldest')
    await insertProduct(api.db, { name: 'one-off', slug: 'the-one-off' })
    expect(await nameOfDefault()).toBe('one-off')
    const { id } = await insertProduct(api.db, { name: 'subscription', slug: 'the-subscription', type: 'subscription' })
    expect(await nameOfDefault()).toBe('subscription')
    await api.db.updateTable('products').set({ active: false }).where('id', '=', id).execute()
    expect(await nameOfDefault()).toBe('one-off')
  })

  test('credentials do not matter, valid or not', async () => {
    await insertProduct(api.db)
    expect((await api.get(PATH, 'nonsense')).status).toBe(200)
  })
})

describe('404', () => {
  test('nothing is on sale', async () => {
    await insertProduct(api.db, { active: false })
    const response = await api.get(PATH)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: 'product not found', code: 'not_found' })
  })
})
