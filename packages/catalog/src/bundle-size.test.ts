import { expect, test } from 'vitest'
import { bundleSizeProblems, MOST_BUNDLE_PARTS } from './bundle-size.ts'
import { pathText } from './problem.ts'

const wrong = (...quantities: number[]) =>
  bundleSizeProblems(quantities.map((quantity, index) => ({ productKey: `part-${index}`, quantity }))).map(({ path }) =>
    pathText(path),
  )

test('a bundle has at most so many parts, however they are spread', () => {
  expect(wrong(MOST_BUNDLE_PARTS)).toEqual([])
  expect(wrong(MOST_BUNDLE_PARTS - 1, 1)).toEqual([])
  expect(wrong()).toEqual([])
  expect(wrong(MOST_BUNDLE_PARTS + 1)).toEqual(['bundledProducts[0].quantity'])
  expect(wrong(100, 100, 1)).toEqual(['bundledProducts[2].quantity'])
})
