import { expect, test } from 'vitest'
import { checkBundleSize, MOST_BUNDLE_PARTS } from './bundle-size.ts'

const bundle = (...quantities: number[]) => ({
  bundledProducts: quantities.map((quantity, index) => ({ productKey: `part-${index}`, quantity })),
})

test('a bundle has at most so many parts, however they are spread', () => {
  expect(() => checkBundleSize(bundle(MOST_BUNDLE_PARTS))).not.toThrow()
  expect(() => checkBundleSize(bundle(MOST_BUNDLE_PARTS - 1, 1))).not.toThrow()
  expect(() => checkBundleSize(bundle())).not.toThrow()
  expect(() => checkBundleSize(bundle(MOST_BUNDLE_PARTS + 1))).toThrow('bundledProducts[0].quantity')
  expect(() => checkBundleSize(bundle(100, 100, 1))).toThrow('bundledProducts[2].quantity')
})
