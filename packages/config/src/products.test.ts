import { describe, expect, test } from 'vitest'
import { aFileWith, load, problemsOf } from './testing/a-config.ts'

const core = { slug: 'core', name: 'Core', plan: 'core', product_key: 'core', unit_amount: 19_900 }
const once = { type: 'one_off' }
const coupon = { code: 'tier10' }
const promotion = { ...coupon, behavior: 'stripe_promotion' }

const loaded = (...products: unknown[]) => load(aFileWith('stripe.products', products)).config.stripe.products
const problems = (...products: unknown[]) =>
  problemsOf(aFileWith('stripe.products', products)).map((problem) => problem.path.replace('stripe.products', ''))

test('a product with only its required keys has the defaults of the contract', () => {
  expect(loaded(core)).toEqual([
    {
      product: {
        slug: 'core',
        name: 'Core',
        type: 'subscription',
        plan: 'core',
        productKey: 'core',
        pricingMode: 'fixed',
        active: true,
        internal: false,
        currency: 'usd',
        unitAmountMinor: 19_900,
        baseAmountMinor: 19_900,
        billingInterval: 'month',
        billingIntervalCount: 1,
        trialPeriodDays: 0,
        lookupKey: 'core',
        metadata: {},
        pricingTiers: [],
        bundledProducts: [],
      },
      coupons: [],
    },
  ])
})

test('every key of a product arrives', () => {
  const all = {
    ...core,
    slug: ' core.1 ',
    description: 'd',
    type: 'ONE_OFF',
    pricing_mode: 'tiered',
    plan: 'Pro',
    product_key: 'CORE',
    active: false,
    internal: true,
    currency: 'EUR',
    base_amount: 9900,
    billing_interval: 'one_time',
    billing_interval_count: 2,
    trial_period_days: 30,
    term_duration_days: 365,
    lookup_key: 'Look_Up',
    stripe_product_id: 'prod_1',
    stripe_price_id: 'price_1',
    metadata: { tier: '1', flag: 'true', text: 'x' },
    max_license_total: 5,
    max_managed_products: 50,
    pricing_tiers: [{ factor: 0.225, per_unit: true }, { upper_bound: 6, amount: 12_000 }, { upper_bound: 3 }],
    bundled_products: [{ product_key: 'Other', quantity: 2, managed_products: 5 }, { product_key: 'third' }],
    coupons: [
      {
        code: 'Tier10',
        active: false,
        behavior: 'stripe_promotion',
        min_managed_products: 10,
        max_managed_products: 20,
        max_per_group: 1,
        max_total: 100,
        metadata: { a: 'b' },
        stripe: {
          percent_off: 12.5,
          duration: 'repeating',
          duration_in_months: 3,
          max_redemptions: 9,
          coupon_id: 'c',
          promotion_id: 'p',
        },
      },
      { ...promotion, code: 'off', stripe: { amount_off: 100, currency: 'EUR', duration: 'once' } },
    ],
  }
  expect(loaded(all)).toEqual([
    {
      product: {
        slug: 'core.1',
        name: 'Core',
        description: 'd',
        type: 'one_off',
        plan: 'pro',
        productKey: 'core',
        pricingMode: 'tiered',
        active: false,
        internal: true,
        currency: 'eur',
        unitAmountMinor: 19_900,
        baseAmountMinor: 9900,
        billingInterval: 'one_time',
        billingIntervalCount: 1,
        trialPeriodDays: 30,
        termDurationDays: 365,
        maxLicenseTotal: 5,
        maxManagedProducts: 50,
        lookupKey: 'Look_Up',
        stripeProductId: 'prod_1',
        stripePriceId: 'price_1',
        metadata: { tier: '1', flag: 'true', text: 'x' },
        pricingTiers: [{ upperBound: 3 }, { upperBound: 6, amount: 12_000 }, { factor: 0.225, perUnit: true }],
        bundledProducts: [
          { productKey: 'other', quantity: 2, managedProducts: 5 },
          { productKey: 'third', quantity: 1 },
        ],
      },
      coupons: [
        {
          code: 'Tier10',
          active: false,
          behavior: 'stripe_promotion',
          minManagedProducts: 10,
          maxManagedProducts: 20,
          maxPerGroup: 1,
          maxTotal: 100,
          metadata: { a: 'b' },
          stripePromotion: {
            percentOff: 12.5,
            duration: 'repeating',
            durationInMonths: 3,
            maxRedemptions: 9,
            couponId: 'c',
            promotionId: 'p',
          },
        },
        expect.objectContaining({ code: 'off', stripePromotion: { amountOff: 100, currency: 'eur', duration: 'once' } }),
      ],
    },
  ])
})

test.each([
  [{ base_amount: 0 }, { baseAmountMinor: 19_900 }],
  [{ pricing_mode: 'recurring' }, { pricingMode: 'fixed' }],
  [{ pricing_mode: 'one_time' }, { pricingMode: 'fixed' }],
  [once, { billingInterval: 'one_time' }],
  [
    { billing_interval: 'year', billing_interval_count: 3 },
    { billingInterval: 'year', billingIntervalCount: 3 },
  ],
  [{ lookup_key: '' }, { lookupKey: 'core' }],
])('%j becomes %j', (keys, fields) => {
  expect(loaded({ ...core, ...keys })[0]?.product).toMatchObject(fields)
})

test('0 and empty text leave an optional key unset', () => {
  const unset = { max_license_total: 0, max_managed_products: 0, lookup_key: '', description: '', stripe_price_id: '' }
  expect(loaded({ ...core, ...unset })).toEqual(loaded(core))
})

describe('one wrong key', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ slug: 'Core' }, 'slug'],
    [{ slug: 'seat-usage' }, 'slug'],
    [{ slug: 'x'.repeat(129) }, 'slug'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(256) }, 'name'],
    [{ description: 'x'.repeat(4097) }, 'description'],
    [{ type: 'perpetual' }, 'type'],
    [{ pricing_mode: 'free' }, 'pricing_mode'],
    [{ plan: '' }, 'plan'],
    [{ product_key: 5 }, 'product_key'],
    [{ product_key: 'unsigned' }, 'product_key'],
    [{ active: 'yes' }, 'active'],
    [{ currency: 'dollar' }, 'currency'],
    [{ unit_amount: 199.5 }, 'unit_amount'],
    [{ unit_amount: -1 }, 'unit_amount'],
    [{ unit_amount: 100_000_000 }, 'unit_amount'],
    [{ billing_interval: 'decade' }, 'billing_interval'],
    [{ billing_interval: 'one_time' }, 'billing_interval'],
    [{ ...once, billing_interval: 'month' }, 'billing_interval'],
    [{ billing_interval_count: 37 }, 'billing_interval_count'],
    [{ billing_interval: 'quarter', billing_interval_count: 13 }, 'billing_interval_count'],
    [{ trial_period_days: 731 }, 'trial_period_days'],
    [{ term_duration_days: 36_501 }, 'term_duration_days'],
    [{ max_license_total: 2 ** 31 }, 'max_license_total'],
    [{ max_managed_products: 1_000_001 }, 'max_managed_products'],
    [{ lookup_key: 'x'.repeat(201) }, 'lookup_key'],
    [{ metadata: { a: ['b'] } }, 'metadata.a'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ metadata: { ['k'.repeat(41)]: 'v' } }, 'metadata'],
    [{ metadata: { k: 'v'.repeat(501) } }, 'metadata.k'],
    [{ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) }, 'metadata'],
    [{ pricing_tiers: {} }, 'pricing_tiers'],
    [{ pricing_tiers: Array.from({ length: 101 }, (_, index) => ({ upper_bound: index + 1 })) }, 'pricing_tiers'],
    [{ pricing_tiers: [{}] }, 'pricing_tiers[0]'],
    [{ pricing_tiers: [{ upper_bound: 0, per_unit: false }] }, 'pricing_tiers[0].upper_bound'],
    [{ pricing_tiers: [{ factor: 0 }] }, 'pricing_tiers[0].factor'],
    [{ pricing_tiers: [{ amount: 1.5 }] }, 'pricing_tiers[0].amount'],
    [{ pricing_tiers: [{ upper_bound: 3 }, { upper_bound: 3 }] }, 'pricing_tiers'],
    [{ pricing_tiers: [{ amount: 3 }, { factor: 3 }] }, 'pricing_tiers'],
    [{ bundled_products: [{ product_key: ' CORE' }] }, 'bundled_products[0].product_key'],
    [{ bundled_products: [{ product_key: 'a' }, { product_key: 'A' }] }, 'bundled_products[1].product_key'],
    [{ bundled_products: [{ quantity: 1 }] }, 'bundled_products[0].product_key'],
    [{ bundled_products: [{ product_key: 'a', quantity: 0 }] }, 'bundled_products[0].quantity'],
    [{ coupons: [{ code: 'a b' }] }, 'coupons[0].code'],
    [{ coupons: [{ code: 'x'.repeat(65) }] }, 'coupons[0].code'],
    [{ coupons: [coupon, { code: 'TIER10' }] }, 'coupons[1].code'],
    [{ coupons: [{ ...coupon, behavior: 'gift' }] }, 'coupons[0].behavior'],
    [{ coupons: [{ ...coupon, min_managed_products: 5, max_managed_products: 4 }] }, 'coupons[0].max_managed_products'],
    [{ coupons: [promotion] }, 'coupons[0].stripe'],
    [{ coupons: [{ ...promotion, stripe: {} }] }, 'coupons[0].stripe.percent_off'],
    [{ coupons: [{ ...promotion, stripe: { percent_off: 101 } }] }, 'coupons[0].stripe.percent_off'],
    [{ coupons: [{ ...promotion, stripe: { percent_off: 5, amount_off: 5 } }] }, 'coupons[0].stripe.amount_off'],
    [{ coupons: [{ ...promotion, stripe: { amount_off: 5, currency: 'eur' } }] }, 'coupons[0].stripe.currency'],
    [{ coupons: [{ ...promotion, stripe: { amount_off: 5 } }] }, 'coupons[0].stripe.currency'],
    [{ coupons: [{ ...promotion, stripe: { percent_off: 5, duration: 'ever' } }] }, 'coupons[0].stripe.duration'],
    [{ coupons: [{ ...promotion, stripe: { percent_off: 5, duration: 'repeating' } }] }, 'coupons[0].stripe.duration_in_months'],
    [{ coupons: [{ ...promotion, stripe: { percent_off: 5, duration_in_months: 2 } }] }, 'coupons[0].stripe.duration_in_months'],
  ])('%j is refused there', (keys, path) => {
    expect(problems({ ...core, ...keys })).toEqual([`[0].${path}`])
  })
})

test('an override drops the description of a promotion, so that no promotion code is made for it', () => {
  const [one] = loaded({ ...core, coupons: [{ ...coupon, stripe: { percent_off: 5 } }] })
  expect(one?.coupons).toEqual([{ code: 'tier10', active: true, behavior: 'product_override', metadata: {} }])
})

test('a coupon that exists at Stripe needs no description of its discount', () => {
  expect(problems({ ...core, coupons: [{ ...promotion, stripe: { promotion_id: 'promo_1' } }] })).toEqual([])
})

test('slugs are unique, lookup keys among active products', () => {
  const other = { ...core, slug: 'other' }
  expect(problems(core, core)).toContain('[1].slug')
  expect(problems(core, { ...other, lookup_key: 'core' })).toEqual(['[1].lookup_key'])
  expect(problems(core, { ...other, lookup_key: 'core', active: false })).toEqual([])
})

test('rules between keys are told beside a wrong key, not after it is mended', () => {
  const product = {
    ...core,
    name: '',
    billing_interval: 'one_time',
    pricing_tiers: [{ upper_bound: 'x' }, { upper_bound: 2 }, { upper_bound: 2 }],
  }
  expect(problems(product)).toEqual(['[0].name', '[0].pricing_tiers[0].upper_bound', '[0].billing_interval', '[0].pricing_tiers'])
})
