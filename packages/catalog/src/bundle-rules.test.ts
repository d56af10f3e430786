import { expect, test } from 'vitest'
import { bundleProblems } from './bundle-rules.ts'

type Part = Parameters<typeof bundleProblems>[1][number]
const part: Part = { productKey: 'core', type: 'one_off', active: true, pricingMode: 'fixed', bundledProducts: [] }
const tiered: Part = { ...part, pricingMode: 'tiered' }

/** What is wrong with a one-off bundle of one such part. */
const wrong = (onSale: readonly Part[], seats: { managedProducts?: number } = {}) =>
  bundleProblems({ type: 'one_off', bundledProducts: [{ productKey: 'core', quantity: 1, ...seats }] }, onSale).map(({ path }) =>
    path.at(-1),
  )

test("of several products with the key the one of the bundle's type decides, as when it is sold", () => {
  expect(wrong([{ ...tiered, type: 'subscription' }, part])).toEqual([])
  expect(wrong([{ ...part, type: 'subscription' }, tiered])).toEqual(['managedProducts'])
  expect(wrong([{ ...part, type: 'subscription' }])).toEqual([])
})

test('what is not sold, unknown or a bundle itself is no part', () => {
  expect(wrong([])).toEqual(['productKey'])
  expect(wrong([{ ...part, productKey: 'other' }])).toEqual(['productKey'])
  expect(wrong([{ ...part, active: false }])).toEqual(['productKey'])
  expect(wrong([{ ...part, bundledProducts: [{}] }])).toEqual(['productKey'])
})

test('a tiered part grants the seats that the bundle says', () => {
  expect(wrong([tiered])).toEqual(['managedProducts'])
  expect(wrong([tiered], { managedProducts: 5 })).toEqual([])
})
