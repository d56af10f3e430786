import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnApi, aMember, anApi } from '../an-api.ts'

const PATH = '/authlance/license/product-keys'
let api: AnApi

beforeAll(async () => {
  api = await anApi({ config: { productKeys: ['pro', 'core', 'idle', 'retired'] } })
  await insertProduct(api.db, { slug: 'core-year', productKey: 'core', type: 'subscription', pricingMode: 'tiered' })
  await insertProduct(api.db, { slug: 'core-once', productKey: 'core', type: 'one_off' })
  await insertProduct(api.db, { slug: 'pro-year', productKey: 'pro', type: 'subscription', pricingMode: 'tiered' })
  await insertProduct(api.db, { slug: 'pro-month', productKey: 'pro', type: 'subscription' })
  await insertProduct(api.db, { slug: 'retired', productKey: 'retired', active: false })
})
afterAll(() => api.close())

test('one entry per signing key in the order of the configuration, with the one-off or else the oldest active product', async () => {
  const answer = await api.get(PATH, await aMember('acme'))
  expect({ status: answer.status, body: await answer.json() }).toEqual({
    status: 200,
    body: {
      keys: [
        { productKey: 'pro', priceMode: 'tiered', productType: 'subscription' },
        { productKey: 'core', priceMode: 'fixed', productType: 'one_off' },
        { productKey: 'idle' },
        { productKey: 'retired' },
      ],
    },
  })
})

test('401 without a token', async () => {
  expect((await api.get(PATH)).status).toBe(401)
})

test.each(['invalid', 'error'] as const)('403 while the operator license is %s, for everybody', async (state) => {
  const guarded = await anApi({ operatorLicense: { state: () => state, seatLimit: () => undefined } })
  const answer = await guarded.get(PATH, await aMember('acme'))
  expect({ status: answer.status, ...(await answer.json()) }).toMatchObject({
    status: 403,
    error: 'operator license is not valid',
    code: 'operator_license_invalid',
  })
  await guarded.close()
})

test.each(['valid', 'grace', 'off'] as const)('200 while the operator license is %s', async (state) => {
  const guarded = await anApi({ operatorLicense: { state: () => state, seatLimit: () => undefined } })
  expect((await guarded.get(PATH, await aMember('acme'))).status).toBe(200)
  await guarded.close()
})
