import type { ProductFields } from '@licenseoperator/catalog'
import { ConfigError, loadConfig } from '@licenseoperator/config'
import { insertProduct } from '@licenseoperator/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ACatalogApi, aCatalogApi } from '../a-catalog-api.ts'

// The same product, as a request and in the file: both doors give one verdict.

let api: ACatalogApi['api']
let root: string
let clear: ACatalogApi['clear']
let close: ACatalogApi['close']
beforeAll(async () => {
  ;({ api, root, clear, close } = await aCatalogApi())
})
afterAll(() => close())
beforeEach(async () => {
  await clear()
  for (const part of parts) await insertProduct(api.db, part)
})

/** What is on sale already, here and there. */
const parts: Partial<ProductFields>[] = [
  { slug: 'plain', productKey: 'plain', type: 'one_off', unitAmountMinor: 5000, billingInterval: 'one_time' },
  {
    slug: 'steps',
    productKey: 'steps',
    type: 'one_off',
    pricingMode: 'tiered',
    unitAmountMinor: 5000,
    billingInterval: 'one_time',
  },
  { slug: 'retired', productKey: 'retired', type: 'one_off', active: false, unitAmountMinor: 5000, billingInterval: 'one_time' },
  {
    slug: 'pack',
    productKey: 'pack',
    type: 'one_off',
    unitAmountMinor: 5000,
    billingInterval: 'one_time',
    bundledProducts: [{ productKey: 'plain', quantity: 1 }],
  },
]

const valid = { slug: 'core', name: 'Core', plan: 'core', productKey: 'core', unitAmount: 19_900 }
const tiered = { pricingMode: 'tiered', baseAmount: 9900 }
const promoted = (stripePromotion: object, more: object = {}) => ({
  coupons: [{ code: 'SAVE', behavior: 'stripe_promotion', stripePromotion, ...more }],
})
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

const good: [string, object][] = [
  ['only what is required', {}],
  ['nothing to pay', { unitAmount: 0 }],
  ['a one-off', { type: 'one_off', billingInterval: 'one_time', termDurationDays: 365 }],
  ['a quarter, twelve times', { billingInterval: 'quarter', billingIntervalCount: 12 }],
  ['words in other cases', { type: ' ONE_OFF ', plan: 'Pro', productKey: ' CORE ', currency: 'EUR' }],
  ['an older pricing mode', { pricingMode: 'recurring' }],
  ['limits of 0', { maxLicenseTotal: 0, maxManagedProducts: 0, baseAmount: 0 }],
  ['no text where there could be some', { description: '', lookupKey: '', stripePriceId: '', stripeProductId: '' }],
  [
    'tiers in any order',
    { ...tiered, pricingTiers: [{ factor: 0.225, perUnit: true }, { upperBound: 6, amount: 12_000 }, { upperBound: 3 }] },
  ],
  ['no tiers', tiered],
  ['49 entries of metadata', { metadata: entries(49) }],
  [
    'a bundle',
    {
      type: 'one_off',
      bundledProducts: [
        { productKey: 'PLAIN', quantity: 2 },
        { productKey: 'steps', managedProducts: 5 },
      ],
    },
  ],
  ['a bundle of what is unknown, not on sale', { active: false, bundledProducts: [{ productKey: 'nobody' }] }],
  [
    'coupons',
    {
      coupons: [
        { code: 'free_one', maxTotal: 0 },
        { code: 'b', metadata: entries(30) },
      ],
    },
  ],
  ['a percentage', promoted({ percentOff: 33.3333, duration: 'repeating', durationInMonths: 3 })],
  ['an amount', promoted({ amountOff: 500, currency: 'USD', duration: 'forever' })],
  ['all of it', promoted({ percentOff: 100 })],
  ['a coupon that exists at Stripe', promoted({ couponId: 'SUMMER-25' })],
  ['yen', { currency: 'jpy', unitAmount: 50 }],
  ['dinars', { currency: 'kwd', unitAmount: 1230 }],
  ['200 licenses in one part', { bundledProducts: [{ productKey: 'plain', quantity: 200 }] }],
  ['fields that nobody knows', { colour: 'red' }],
]

const bad: [string, object][] = [
  ['no slug', { slug: undefined }],
  ['a slug with capitals', { slug: 'Core' }],
  ['the slug of a route', { slug: 'seat-usage' }],
  ['a blank name', { name: ' ' }],
  ['a name with a control character', { name: 'a\u0007b' }],
  ['a name of 256', { name: 'x'.repeat(256) }],
  ['a lone surrogate', { description: '\ud800' }],
  ['no plan', { plan: undefined }],
  ['a key without a signing key', { productKey: 'unsigned' }],
  ['another type', { type: 'perpetual' }],
  ['another pricing mode', { pricingMode: 'graduated' }],
  ['a flag as text', { active: 'true' }],
  ['an amount as text', { unitAmount: '19900' }],
  ['half a cent', { unitAmount: 199.5 }],
  ['too much', { unitAmount: 100_000_000 }],
  ['less than Stripe charges', { unitAmount: 49 }],
  ['no currency', { currency: 'xyz' }],
  ['a third decimal', { currency: 'kwd', unitAmount: 1234 }],
  ['another interval', { billingInterval: 'decade' }],
  ['a subscription that does not recur', { billingInterval: 'one_time' }],
  ['a one-off that recurs', { type: 'one_off', billingInterval: 'month' }],
  ['more than three years', { billingInterval: 'year', billingIntervalCount: 4 }],
  ['no interval at all', { billingIntervalCount: 0 }],
  ['731 days of trial', { trialPeriodDays: 731 }],
  ['a term of 0 days', { type: 'one_off', termDurationDays: 0 }],
  ['too many licenses', { maxLicenseTotal: 2 ** 31 }],
  ['too many seats', { maxManagedProducts: 1_000_001 }],
  ['a lookup key of 201', { lookupKey: 'x'.repeat(201) }],
  ['a lookup key with an umlaut', { lookupKey: 'schlüssel' }],
  ['a path for a price id', { stripePriceId: '../v1/customers' }],
  ['a path for a product id', { stripeProductId: 'prod/../x' }],
  ['50 entries of metadata', { metadata: entries(50) }],
  ['brackets in metadata', { metadata: { 'a[b]': 'x' } }],
  ['a number in metadata', { metadata: { k: 1 } }],
  ['metadata of 501', { metadata: { k: 'v'.repeat(501) } }],
  ['a tier without anything', { ...tiered, pricingTiers: [{}] }],
  ['a bound of 0', { ...tiered, pricingTiers: [{ upperBound: 0, amount: 100 }] }],
  ['a factor of 0', { ...tiered, pricingTiers: [{ factor: 0 }] }],
  ['a factor that sells for nothing', { ...tiered, pricingTiers: [{ factor: 1e-7, perUnit: true }] }],
  ['a tier below the least charge', { ...tiered, pricingTiers: [{ upperBound: 3, amount: 10 }] }],
  [
    'a bound twice',
    {
      ...tiered,
      pricingTiers: [
        { upperBound: 3, amount: 100 },
        { upperBound: 3, amount: 200 },
      ],
    },
  ],
  ['two open tiers', { ...tiered, pricingTiers: [{ amount: 100 }, { factor: 2 }] }],
  ['101 tiers', { ...tiered, pricingTiers: Array.from({ length: 101 }, (_, index) => ({ upperBound: index + 1, amount: 100 })) }],
  ['tiers that are no list', { ...tiered, pricingTiers: {} }],
  ['itself in the bundle', { bundledProducts: [{ productKey: ' CORE' }] }],
  ['a part twice', { bundledProducts: [{ productKey: 'plain' }, { productKey: 'Plain' }] }],
  ['no part', { bundledProducts: [{ productKey: 'plain', quantity: 0 }] }],
  ['an unknown part', { bundledProducts: [{ productKey: 'nobody' }] }],
  ['a part that is not sold any more', { bundledProducts: [{ productKey: 'retired' }] }],
  ['a bundle of a bundle', { bundledProducts: [{ productKey: 'pack' }] }],
  ['a tiered part without seats', { bundledProducts: [{ productKey: 'steps' }] }],
  ['101 parts', { bundledProducts: Array.from({ length: 101 }, (_, index) => ({ productKey: `k${index}` })) }],
  ['201 licenses in one part', { bundledProducts: [{ productKey: 'plain', quantity: 201 }] }],
  ['a code with a space', { coupons: [{ code: 'a b' }] }],
  ['a coupon without a code', { coupons: [{ maxTotal: 1 }] }],
  ['a code twice', { coupons: [{ code: 'a' }, { code: 'A' }] }],
  ['101 coupons', { coupons: Array.from({ length: 101 }, (_, index) => ({ code: `c${index}` })) }],
  ['31 entries in a coupon', { coupons: [{ code: 'a', metadata: entries(31) }] }],
  ['brackets in a coupon', { coupons: [{ code: 'a', metadata: { 'a[b]': 'x' } }] }],
  ['bounds of a coupon', { coupons: [{ code: 'a', minManagedProducts: 5, maxManagedProducts: 4 }] }],
  ['a bound of 0 in a coupon', { coupons: [{ code: 'a', minManagedProducts: 0 }] }],
  ['no promotion', { coupons: [{ code: 'a', behavior: 'stripe_promotion' }] }],
  ['a code that Stripe cannot have', promoted({ percentOff: 5 }, { code: 'SAVE_10%' })],
  ['a percentage of nothing', promoted({ percentOff: 1e-9 })],
  ['a percentage above 100', promoted({ percentOff: 101 })],
  ['percentage and amount', promoted({ percentOff: 5, amountOff: 5, currency: 'usd' })],
  ['an amount without a currency', promoted({ amountOff: 500 })],
  ['an amount in another currency', promoted({ amountOff: 500, currency: 'eur' })],
  ['less left than Stripe charges', promoted({ amountOff: 19_890, currency: 'usd' })],
  ['repeating for ever', promoted({ percentOff: 5, duration: 'repeating' })],
  ['months of what is once', promoted({ percentOff: 5, duration: 'once', durationInMonths: 2 })],
  ['a path for a coupon id', promoted({ couponId: '../customers' })],
]

describe('over HTTP and in the file', () => {
  test.each(good)('%s is taken', async (_what, change) => {
    expect(await verdicts({ ...valid, ...change })).toEqual({ http: 201, file: [] })
  })

  test.each(bad)('%s is refused, at the same place', async (_what, change) => {
    const { http, file, field } = await verdicts({ ...valid, ...change })
    expect({ http, file: file[0] }).toEqual({ http: 400, file: inFileWords(field) })
  })
})

test('the file names every problem at once', async () => {
  const { file } = await verdicts({
    ...valid,
    name: '',
    currency: 'xyz',
    billingInterval: 'one_time',
    ...tiered,
    pricingTiers: [{ upperBound: 'x' }, { factor: 1e-7 }],
    bundledProducts: [{ productKey: 'core' }],
    coupons: [{ code: 'a b' }, { code: 'a', metadata: entries(31) }],
  })
  expect(file).toEqual([
    'name',
    'currency',
    'pricing_tiers[0].upper_bound',
    'coupons[0].code',
    'billing_interval',
    'bundled_products[0].product_key',
    'coupons[1].metadata',
  ])
})

async function verdicts(body: object) {
  const answer = await api.send('POST', '/authlance/license/admin/products', body, root)
  const { field }: { field?: string } = await answer.json()
  const own = parts.map(({ unitAmountMinor, ...part }) => ({ ...part, unitAmount: unitAmountMinor, name: part.slug, plan: 'x' }))
  return { http: answer.status, field, file: problemsInFile([body, ...own].map(snakeCased)) }
}

/** Paths within the first product. */
function problemsInFile(products: unknown[]): string[] {
  const text = JSON.stringify({
    security: ['core', ...parts.map((part) => part.productKey)].map((key) => ({ product_key: key, private_key_pem: PEM })),
    stripe: {
      api_key: 'sk_test_abc',
      webhook_secret: `whsec_${'a1B2'.repeat(8)}`,
      root_app_url: 'https://app.acme.test',
      products,
    },
  })
  try {
    loadConfig({ path: '/c.yaml', env: {}, require: ['security', 'stripe'], readFile: () => ({ text, mode: 0o600 }) })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ path }) => path.replace('stripe.products[0].', ''))
  }
}

const PEM = '-----BEGIN PRIVATE KEY-----\nTUlJIG5vdCBhIGtleQ==\n-----END PRIVATE KEY-----\n'

function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [inFileWords(name), name === 'metadata' ? part : snakeCased(part)]),
  )
}

/** The file does not repeat a key of metadata that does not look like a name. */
function inFileWords(name: string | undefined): string | undefined {
  return name
    ?.replace(/\.a\[b\]$/, '')
    .replace('stripePromotion', 'stripe')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
