import type { Product } from '@licenseoperator/catalog'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entitlementOf, MOST_PARTS_OF_A_SALE, seatsBought } from './entitlement-of.ts'
import type { Sold } from './our-line.ts'
import { PurchaseMetadata } from './purchase-metadata.ts'
import { aLine, aStored } from './testing/a-line.ts'

const fixed = aStored({ slug: 'year', maxManagedProducts: 3 })
const bigger = aStored({ slug: 'bigger', id: 2, maxManagedProducts: 20 })
const tiered = aStored({
  slug: 'tiered',
  id: 3,
  pricingMode: 'tiered',
  pricingTiers: [
    { upperBound: 5, amount: 900 },
    { upperBound: 10, amount: 1500 },
    { amount: 300, perUnit: true },
  ],
})
const bundle = aStored({
  slug: 'suite',
  id: 4,
  maxManagedProducts: 9,
  bundledProducts: [
    { productKey: 'app', quantity: 1 },
    { productKey: 'seatful', quantity: 2, managedProducts: 7 },
  ],
})
const metadata = (values: Record<string, string>) => PurchaseMetadata.parse({ group: 'acme', product_slug: 'year', ...values })
const ours = metadata({ license_mode: 'subscription', managed_products: '4', product_key: 'core', plan: 'pro' })
const units = (product: Product | undefined, quantity = 1, unitAmountMinor?: number, priceId = 'price_1') => ({
  product,
  quantity,
  line: aLine({ unitAmountMinor: unitAmountMinor ?? 900, priceId }),
})
const soldOn = (product: Product, priceId: string): Sold[] => [
  { product, item: { itemId: 'si_1', priceId, stripeProductId: 'prod_1', quantity: 1 } },
]

describe('what was bought', () => {
  test('is what is paid for, also where its price names nothing of the catalog any more', () => {
    expect(entitlementOf(ours, fixed, units(fixed))).toEqual(ours)
    expect(entitlementOf(ours, fixed, units(undefined))).toEqual(ours)
  })

  test('brings its seats as often as it is paid for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (quantity) => {
        expect(entitlementOf(ours, fixed, units(fixed, quantity)).managed_products).toBe(4 * quantity)
      }),
    )
  })

  test('without a limit has none, however often it is paid for', () => {
    const unlimited = metadata({ license_mode: 'subscription' })
    expect(entitlementOf(unlimited, fixed, units(fixed, 3)).managed_products).toBeUndefined()
  })
})

describe('seats', () => {
  test.each<[string, Record<string, string>, Product | undefined, number | undefined]>([
    ['are those that the checkout wrote down', { managed_products: '4', license_mode: 'subscription' }, fixed, 4],
    [
      'are unlimited where our checkout wrote none, whatever the product grants now',
      { license_mode: 'subscription' },
      fixed,
      undefined,
    ],
    ['are those that the product grants where no checkout of ours sold it', {}, fixed, 3],
    ['are unlimited of a bundle: its parts have them', {}, bundle, undefined],
    ['are unlimited where nobody knows the product', {}, undefined, undefined],
  ])('%s', (_what, values, product, seats) => expect(seatsBought(metadata(values), product)).toBe(seats))
})

describe('a switch to another product', () => {
  test('brings that product with its own seats, key, plan and parts', () => {
    const switched = entitlementOf({ ...ours, bundle_parts: [['app', 1, null]] }, fixed, units(bigger, 2))
    expect(switched).toMatchObject({ group: 'acme', product_slug: 'bigger', managed_products: 40 })
    for (const key of ['product_key', 'plan', 'bundle_parts']) expect(switched).not.toHaveProperty(key)
  })

  test('to a bundle brings its parts, as often as it is paid for', () => {
    expect(entitlementOf(ours, fixed, units(bundle, 3))).toMatchObject({
      product_slug: 'suite',
      managed_products: undefined,
      bundle_parts: [
        ['app', 3, null],
        ['seatful', 6, 7],
      ],
    })
  })

  test.each<[string, number | undefined, number, number]>([
    ['the most seats of the tier whose price is paid', 1500, 1, 10],
    ['those of the tier as often as it is paid for', 900, 2, 10],
    ['one for each unit where the tiers stand at Stripe', undefined, 7, 7],
  ])('to a tiered one brings %s', (_what, amount, quantity, seats) => {
    const line = aLine({ unitAmountMinor: amount })
    expect(entitlementOf(ours, fixed, { product: tiered, quantity, line }).managed_products).toBe(seats)
  })

  test('to a tiered price that nobody knows is for people to decide', () => {
    expect(() => entitlementOf(ours, fixed, units(tiered, 1, 777))).toThrow('how many seats of tiered')
  })
})

describe('another price of the same tiered product', () => {
  const bought = metadata({ product_slug: 'tiered', license_mode: 'subscription', managed_products: '5' })

  test('brings the seats that it pays for', () => {
    expect(entitlementOf(bought, tiered, units(tiered, 1, 1500, 'price_new'), soldOn(tiered, 'price_old')).managed_products).toBe(
      10,
    )
  })

  test.each<[string, number, readonly Sold[]]>([
    ['that it was sold on', 1500, soldOn(tiered, 'price_new')],
    ['that costs what its seats cost', 900, soldOn(tiered, 'price_old')],
    ['where nobody knows on what it was sold', 1500, []],
  ])('brings the seats that were bought: one %s', (_what, amount, sold) => {
    expect(entitlementOf(bought, tiered, units(tiered, 1, amount, 'price_new'), sold).managed_products).toBe(5)
  })
})

describe('the parts of a bundle', () => {
  const bought = metadata({
    product_slug: 'suite',
    license_mode: 'subscription',
    bundle_parts: '[["app",2,null,"app-slug","pro"]]',
  })

  test('are those that were bought, whatever it consists of today', () => {
    expect(entitlementOf(bought, bundle, units(bundle)).bundle_parts).toEqual([['app', 2, null, 'app-slug', 'pro']])
    expect(entitlementOf(bought, bundle, units(bundle, 3)).bundle_parts).toEqual([['app', 6, null, 'app-slug', 'pro']])
  })

  test('of one sale have a limit, and what is beyond it is for people to decide', () => {
    const most = MOST_PARTS_OF_A_SALE / 2
    expect(entitlementOf(bought, bundle, units(bundle, most)).bundle_parts?.[0]?.[1]).toBe(MOST_PARTS_OF_A_SALE)
    expect(() => entitlementOf(bought, bundle, units(bundle, most + 1))).toThrow(`more than ${MOST_PARTS_OF_A_SALE}`)
  })
})
