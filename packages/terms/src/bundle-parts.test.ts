import type { BundledPart } from '@licenseoperator/catalog-admin'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBundleParts, writeBundleParts } from './bundle-parts.ts'
import { PurchaseMetadata } from './purchase-metadata.ts'

const parts = (count: number, name = 'product'): BundledPart[] =>
  Array.from({ length: count }, (_, index) => ({
    productKey: `${name}-${index}`,
    productSlug: `${name}-slug-${index}`,
    plan: 'a plan of 🐘',
    type: 'subscription',
    pricingMode: 'fixed',
    quantity: 2,
  }))
const whole = (one: BundledPart) => [one.productKey, 2, null, one.productSlug, one.plan]

test.each([1, 8, 40])('%i parts keep slug and plan, in values that Stripe takes', (count) => {
  const written = writeBundleParts(parts(count))
  for (const value of Object.values(written)) expect([...value].length).toBeLessThanOrEqual(500)
  expect(PurchaseMetadata.parse(written).bundle_parts).toEqual(parts(count).map(whole))
})

test('where slug and plan do not fit the parts stay, and what is too long even so is not written', () => {
  const long = parts(20, 'x'.repeat(80))
  expect(PurchaseMetadata.parse(writeBundleParts(long)).bundle_parts).toEqual(long.map((one) => [one.productKey, 2, null]))
  expect(writeBundleParts(parts(200, 'x'.repeat(80)))).toEqual({})
})

test('with a piece missing it is unreadable, and never a smaller bundle', () => {
  const { bundle_parts_2: _gone, ...rest } = writeBundleParts(parts(20))
  expect(PurchaseMetadata.safeParse(rest).success).toBe(false)
  expect(readBundleParts({ bundle_parts_2: '[]' })).toEqual({ parts: undefined })
})

test('what is written is read as it was bought, whatever the parts are, or nothing is written', () => {
  const part = fc.record(
    {
      productKey: fc.string({ minLength: 1, maxLength: 20 }),
      productSlug: fc.constantFrom('core', 'a-slug-of-a-part'.repeat(8)),
      plan: fc.constantFrom('pro', '"🐘\\'),
      type: fc.constant('subscription' as const),
      pricingMode: fc.constant('fixed' as const),
      quantity: fc.integer({ min: 1, max: 1000 }),
      managedProducts: fc.integer({ min: 1, max: 1_000_000 }),
    },
    { requiredKeys: ['productKey', 'productSlug', 'plan', 'type', 'pricingMode', 'quantity'] },
  )
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 30 }), (bought) => {
      const written = writeBundleParts(bought)
      for (const value of Object.values(written)) expect([...value].length).toBeLessThanOrEqual(500)
      const read = PurchaseMetadata.parse(written).bundle_parts
      if (Object.keys(written).length === 0) expect(read).toBeUndefined()
      else
        expect(read?.map(([key, quantity, seats]) => [key, quantity, seats])).toEqual(
          bought.map(({ productKey, quantity, managedProducts = null }) => [productKey, quantity, managedProducts]),
        )
    }),
  )
})
