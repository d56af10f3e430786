import { aLicense, day } from '@licenseoperator/db/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type PaidTime,
  placesTaken,
  planChangeIssuanceKey,
  purchaseKeyOf,
  purchasesOf,
  replaces,
  supersederOf,
} from './supersession.ts'

const period = (from: number, until: number): PaidTime => ({
  key: `subscription:sub_1:${from}`,
  issuedAt: day(from),
  expiresAt: day(until),
})
const change = (from: number, until: number, invoiceId = `in_${from}`): PaidTime => ({
  ...period(from, until),
  key: planChangeIssuanceKey('sub_1', invoiceId),
})
const month = period(1, 31)

describe('a change of plan replaces', () => {
  test.each<[string, PaidTime, PaidTime, boolean]>([
    ['what is paid for when it takes effect', change(10, 31), month, true],
    ['what began at the same instant', change(1, 31), month, true],
    ['nothing that begins later', change(10, 31), period(11, 41), false],
    ['nothing that has ended by then', change(31, 61), month, false],
    ['an earlier change', change(20, 31), change(10, 31), true],
    ['no later change', change(10, 31), change(20, 31), false],
    ['of two at one instant, in the order of their invoices, the first', change(10, 31, 'in_2'), change(10, 31, 'in_1'), true],
    ['and not the other way round', change(10, 31, 'in_1'), change(10, 31, 'in_2'), false],
    ['not itself', change(10, 31), change(10, 31), false],
  ])('%s', (_what, one, other, expected) => expect(replaces(one, other)).toBe(expected))

  test('and a renewal replaces nothing, however it overlaps', () => expect(replaces(period(10, 41), month)).toBe(false))

  test('of two purchases never each the other', () => {
    fc.assert(fc.property(purchase, purchase, (one, other) => !(replaces(one, other) && replaces(other, one))))
  })
})

const purchase = fc
  .record({
    from: fc.integer({ min: 1, max: 20 }),
    lasts: fc.integer({ min: 1, max: 20 }),
    isChange: fc.boolean(),
    number: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ from, lasts, isChange, number }) =>
    isChange ? change(from, from + lasts, `in_${number}`) : period(from, from + lasts),
  )

describe('the place of a purchase', () => {
  const isGood = () => true

  test('is taken by the first change within its period', () => {
    expect(supersederOf(month, [change(20, 31), change(10, 31), month], isGood)).toEqual(change(10, 31))
  })

  test('is taken by the next one where the money of the first went back', () => {
    const [first, second] = [change(10, 31), change(20, 31)]
    expect(supersederOf(month, [first, second], ({ key }) => key !== first.key)).toEqual(second)
    expect(supersederOf(month, [first], () => false)).toBeUndefined()
  })

  test('is taken by the same one in whatever order purchases became known', () => {
    fc.assert(
      fc.property(fc.uniqueArray(purchase, { selector: ({ key }) => key, minLength: 1, maxLength: 8 }), (all) => {
        for (const one of all)
          expect(supersederOf(one, all.toReversed(), isGood)?.key).toEqual(supersederOf(one, all, isGood)?.key)
      }),
    )
  })
})

test('two changes in one second are two purchases, and the parts of a bundle are one', () => {
  expect(planChangeIssuanceKey('sub_1', 'in_1')).not.toBe(planChangeIssuanceKey('sub_1', 'in_2'))
  expect(purchaseKeyOf({ issuanceKey: 'checkout:cs_1#12' })).toBe('checkout:cs_1')
  expect(purchaseKeyOf({ issuanceKey: 'checkout:cs_1' })).toBe('checkout:cs_1')
  const keys = ['a', 'a#1', 'a#2', 'b'].map((issuanceKey) => aLicense({ issuanceKey }))
  expect(purchasesOf(keys).map(({ key, licenses }) => [key, licenses.length])).toEqual([
    ['a', 3],
    ['b', 1],
  ])
})

describe('in a changed bundle', () => {
  const { key } = change(10, 31)
  const changed = [
    aLicense({ issuanceKey: key, licenseId: 'new', productKey: 'suite' }),
    aLicense({ issuanceKey: `${key}#1`, licenseId: 'new-app', productKey: 'app' }),
    aLicense({ issuanceKey: `${key}#2`, licenseId: 'new-app-too', productKey: 'app' }),
  ]
  const placeOf = (issuanceKey: string, productKey: string, licenses = changed) =>
    placesTaken({ ...change(10, 31), licenses })(aLicense({ issuanceKey, productKey }))

  test.each<[string, string, string, string]>([
    ['a part gives its place to the same part', 'old#1', 'app', 'new-app'],
    ['a part that is gone gives its place to the bundle', 'old#2', 'gone', 'new'],
    ['the bundle gives its place to the bundle', 'old', 'suite', 'new'],
    ['what was bought alone gives its place to the bundle, also where a part has its product key', 'old', 'app', 'new'],
  ])('%s', (_what, issuanceKey, productKey, licenseId) => {
    expect(placeOf(issuanceKey, productKey)).toBe(licenseId)
    expect(placeOf(issuanceKey, productKey, changed.toReversed())).toBe(licenseId)
  })
})
