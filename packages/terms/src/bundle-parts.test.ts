import type { BundledPart } from '@licenseoperator/catalog-admin'
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
