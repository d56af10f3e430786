import { describe, expect, test } from 'vitest'
import { pathText } from './problem.ts'
import { readProduct } from './read-product.ts'

// What Stripe would refuse at a checkout or a sync is refused when it is saved.

const product = { slug: 'core', name: 'Core', plan: 'core', productKey: 'core', unitAmount: 10_000 }
const problems = (change: object) => (readProduct({ ...product, ...change }).problems ?? []).map(({ path }) => pathText(path))
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))
const coupon = (change: object) => ({ coupons: [{ code: 'SAVE', ...change }] })
const promoted = (stripePromotion: object, more: object = {}) =>
  coupon({ behavior: 'stripe_promotion', stripePromotion, ...more })
const tier = (one: object, more: object = {}) => ({ pricingMode: 'tiered', pricingTiers: [one], ...more })

describe('metadata', () => {
  test.each<[string, object, string]>([
    ['50 entries of a product: one is ours', { metadata: entries(50) }, 'metadata'],
    ['51 entries of a coupon', coupon({ metadata: entries(51) }), 'coupons[0].metadata'],
    ['31 entries of a coupon: a checkout needs the rest', coupon({ metadata: entries(31) }), 'coupons[0].metadata'],
    ['brackets in a key', { metadata: { 'a[b]': 'x' } }, 'metadata.a[b]'],
    ['an opening bracket', { metadata: { 'a[': 'x' } }, 'metadata.a['],
    ['brackets in a key of a coupon', coupon({ metadata: { 'a]': 'x' } }), 'coupons[0].metadata.a]'],
    ['a key of 41', { metadata: { ['k'.repeat(41)]: 'x' } }, `metadata.${'k'.repeat(41)}`],
    ['a value of 501', { metadata: { k: 'v'.repeat(501) } }, 'metadata.k'],
  ])('%s', (_what, change, path) => expect(problems(change)).toEqual([path]))

  test('51 entries are refused by the field itself, whoever has it', () => {
    const [first] = readProduct({ ...product, ...coupon({ metadata: entries(51) }) }).problems ?? []
    expect(first?.message).toBe('must have at most 50 entries')
  })

  test.each([[{ metadata: { ...entries(48), ['k'.repeat(40)]: 'v'.repeat(500) } }], [coupon({ metadata: entries(30) })]])(
    'what Stripe takes is taken (%#)',
    (change) => expect(problems(change)).toEqual([]),
  )
})

describe('codes', () => {
  test.each(['SAVE_10', 'SAVE%', 'SPAREN-Ü', 'a.b'])('%s of a promotion', (code) => {
    expect(problems(promoted({ percentOff: 5 }, { code }))).toEqual(['coupons[0].code'])
    expect(problems(coupon({ code }))).toEqual([])
  })
  test('SAVE-10', () => expect(problems(promoted({ percentOff: 5 }, { code: 'SAVE-10' }))).toEqual([]))
})

describe('amounts', () => {
  test.each<[string, object, string]>([
    ['49 cents', { unitAmount: 49 }, 'unitAmount'],
    ['29 pence', { currency: 'gbp', unitAmount: 29 }, 'unitAmount'],
    ['174 forint', { currency: 'huf', unitAmount: 17_400 }, 'unitAmount'],
    ['a tier of 10 cents', tier({ amount: 10 }), 'pricingTiers[0].amount'],
    ['a factor that leaves 10 cents', tier({ factor: 0.001 }), 'pricingTiers[0].factor'],
    ['a factor that leaves nothing', tier({ factor: 1e-7 }), 'pricingTiers[0].factor'],
    ['a base of 10 cents without tiers', { pricingMode: 'tiered', baseAmount: 10 }, 'baseAmount'],
    ['a percentage that leaves 10 cents', promoted({ percentOff: 99.9 }), 'coupons[0].stripePromotion.percentOff'],
    ['an amount that leaves 49 cents', promoted({ amountOff: 9951, currency: 'usd' }), 'coupons[0].stripePromotion.amountOff'],
  ])('%s', (_what, change, path) => expect(problems(change)).toEqual([path]))

  test.each<[string, object]>([
    ['50 cents', { unitAmount: 50 }],
    ['nothing', { unitAmount: 0 }],
    ['30 pence', { currency: 'gbp', unitAmount: 30 }],
    ['175 forint', { currency: 'huf', unitAmount: 17_500 }],
    ['a percentage that leaves nothing', promoted({ percentOff: 100 })],
    ['an amount that leaves 50 cents', promoted({ amountOff: 9950, currency: 'usd' })],
  ])('%s is taken', (_what, change) => expect(problems(change)).toEqual([]))
})

describe('currencies', () => {
  test.each<[string, object, string]>([
    ['one that does not exist', { currency: 'xyz' }, 'currency'],
    [
      'one that does not exist, of a coupon',
      promoted({ amountOff: 500, currency: 'xyz' }),
      'coupons[0].stripePromotion.currency',
    ],
    ['another than the product has', promoted({ amountOff: 500, currency: 'eur' }), 'coupons[0].stripePromotion.currency'],
    ['a third decimal', { currency: 'kwd', unitAmount: 10_001 }, 'unitAmount'],
    ['half a krona', { currency: 'isk', unitAmount: 10_050 }, 'unitAmount'],
    [
      'a third decimal of tiers',
      { ...tier({ amount: 5000 }), currency: 'bhd', unitAmount: 10_001, baseAmount: 10_000 },
      'unitAmount',
    ],
    ['a third decimal of a tier', { ...tier({ amount: 5001 }), currency: 'bhd', unitAmount: 10_000 }, 'pricingTiers[0].amount'],
    [
      'a third decimal off',
      { currency: 'jod', ...promoted({ amountOff: 501, currency: 'jod' }) },
      'coupons[0].stripePromotion.amountOff',
    ],
  ])('%s', (_what, change, path) => expect(problems(change)).toEqual([path]))

  test('two decimals of a currency of three', () => expect(problems({ currency: 'kwd', unitAmount: 10_010 })).toEqual([]))
})

describe('periods', () => {
  test.each<[string, number]>([
    ['day', 1096],
    ['week', 157],
    ['month', 37],
    ['quarter', 13],
    ['year', 4],
  ])('more than three years: every %s, %i times', (billingInterval, billingIntervalCount) => {
    expect(problems({ billingInterval, billingIntervalCount })).toEqual(['billingIntervalCount'])
    expect(problems({ billingInterval, billingIntervalCount: billingIntervalCount - 1 })).toEqual([])
  })
})
