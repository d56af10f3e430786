import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Product } from './product.ts'
import { changedProduct, checkProduct, costsOtherwise, fieldsOfProduct, newProduct } from './product-fields.ts'
import { ProductRequest } from './product-request.ts'
import { requestOfProduct } from './request-of-product.ts'

const asked = { slug: 'core', name: 'Core', plan: 'Pro', productKey: 'Core', unitAmount: 10_000 }
const created = (more: object = {}) => newProduct(ProductRequest.parse({ ...asked, ...more }))
const stored = (more: object = {}): Product => ({
  ...created(more),
  id: 1,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  revision: 3,
})
const changed = (before: object, request: object) => changedProduct(stored(before), ProductRequest.parse(request))

/** Every field that can be set, other than it is by itself. */
const full = {
  description: 'what it is',
  type: 'subscription',
  pricingMode: 'tiered',
  active: false,
  internal: true,
  configManaged: true,
  currency: 'eur',
  baseAmount: 700,
  billingInterval: 'quarter',
  billingIntervalCount: 2,
  trialPeriodDays: 14,
  termDurationDays: 90,
  maxLicenseTotal: 100,
  maxManagedProducts: 50,
  lookupKey: 'core-eur',
  stripeProductId: 'prod_1',
  stripePriceId: 'price_1',
  metadata: { tier: 'gold' },
  pricingTiers: [{ upperBound: 5, amount: 900 }],
  bundledProducts: [{ productKey: 'app', quantity: 2 }],
}

describe('what a creation leaves out', () => {
  test('is a subscription of a month at a fixed price in dollars, on sale, without limits', () => {
    expect(created()).toEqual({
      slug: 'core',
      name: 'Core',
      plan: 'pro',
      productKey: 'core',
      type: 'subscription',
      pricingMode: 'fixed',
      active: true,
      internal: false,
      configManaged: false,
      currency: 'usd',
      unitAmountMinor: 10_000,
      baseAmountMinor: 10_000,
      billingInterval: 'month',
      billingIntervalCount: 1,
      trialPeriodDays: 0,
      lookupKey: 'core',
      metadata: {},
      pricingTiers: [],
      bundledProducts: [],
    })
  })

  test.each(['slug', 'name', 'plan', 'productKey', 'unitAmount'])('and cannot do without: %s', (field) => {
    const { [field]: _left, ...rest }: Record<string, unknown> = asked
    expect(() => newProduct(ProductRequest.parse(rest))).toThrow(expect.objectContaining({ code: 'invalid_payload', field }))
  })

  test('of a one-off product is paid once', () => {
    expect(created({ type: 'one_off', billingIntervalCount: 7 })).toMatchObject({
      billingInterval: 'one_time',
      billingIntervalCount: 1,
    })
  })

  test.each(['maxLicenseTotal', 'maxManagedProducts', 'baseAmount'])('may be sent as 0: %s', (field) => {
    expect(created({ [field]: 0 })).toEqual(created())
  })
})

describe('what a change leaves out', () => {
  test.each([
    'name',
    'type',
    'plan',
    'productKey',
    'pricingMode',
    'active',
    'internal',
    'configManaged',
    'currency',
    'unitAmountMinor',
    'billingInterval',
    'billingIntervalCount',
    'stripeProductId',
    'stripePriceId',
  ] as const)('is kept, because dashboards always or never send it: %s', (field) => {
    expect(changed(full, {})[field]).toEqual(stored(full)[field])
    expect(stored(full)[field]).not.toBeUndefined()
  })

  test.each([
    ['description', undefined],
    ['termDurationDays', undefined],
    ['maxLicenseTotal', undefined],
    ['maxManagedProducts', undefined],
    ['lookupKey', undefined],
    ['trialPeriodDays', 0],
    ['metadata', {}],
    ['pricingTiers', []],
    ['bundledProducts', []],
  ] as const)('is cleared, because dashboards leave out emptied inputs: %s', (field, empty) => {
    expect(changed(full, {})[field]).toEqual(empty)
    expect(stored(full)[field]).not.toEqual(empty)
  })

  test('as the base amount is the price', () => expect(changed(full, {}).baseAmountMinor).toBe(10_000))

  test('as the interval follows another type', () => {
    expect(changed(full, { type: 'one_off' })).toMatchObject({ billingInterval: 'one_time', billingIntervalCount: 1 })
    expect(changed({ type: 'one_off' }, { type: 'subscription' })).toMatchObject({ billingInterval: 'month' })
  })
})

describe('a change', () => {
  test('names no other slug', () => {
    expect(() => changed({}, { slug: 'other' })).toThrow(expect.objectContaining({ field: 'slug' }))
    expect(changed({}, { slug: 'core' }).slug).toBe('core')
  })

  test.each([{ currency: 'usd' }, { unitAmount: 10_001 }, { billingInterval: 'year' }, { billingIntervalCount: 3 }])(
    "of the price leaves Stripe's price behind, which never changes: %o",
    (change) => {
      expect(changed(full, change)).not.toHaveProperty('stripePriceId')
      expect(changed(full, { ...change, stripePriceId: 'price_2' }).stripePriceId).toBe('price_2')
      expect(costsOtherwise(stored(full), changed(full, change))).toBe(true)
    },
  )

  test("of anything else keeps Stripe's price", () => {
    expect(changed(full, { name: 'Other', trialPeriodDays: 3, maxLicenseTotal: 1 }).stripePriceId).toBe('price_1')
  })

  test('that asks for what is there changes nothing, whatever that is', () => {
    const some = fc.subarray(Object.entries(full)).map((fields) => Object.fromEntries(fields))
    fc.assert(
      fc.property(some, (fields) => {
        const product = stored(fields)
        expect(changedProduct(product, requestOfProduct(product))).toEqual(fieldsOfProduct(product))
      }),
    )
  })
})

test('a base amount that is the price follows it, and one of its own does not', () => {
  const raised = (product: Product) => changedProduct(product, { ...requestOfProduct(product), unitAmount: 20_000 })
  expect(raised(stored()).baseAmountMinor).toBe(20_000)
  expect(raised(stored({ baseAmount: 700 })).baseAmountMinor).toBe(700)
})

test('tiers are looked through from the lowest bound, the open one last, however they were sent', () => {
  const tiers = [{ factor: 0.5 }, { upperBound: 10, amount: 2000 }, { upperBound: 3, amount: 900 }]
  expect(created({ pricingMode: 'tiered', pricingTiers: tiers }).pricingTiers).toEqual(tiers.toReversed())
})

test('no product is sold that no key can sign for', () => {
  expect(() => checkProduct(created(), ['core'])).not.toThrow()
  expect(() => checkProduct(created(), ['other'])).toThrow(expect.objectContaining({ field: 'productKey' }))
})
