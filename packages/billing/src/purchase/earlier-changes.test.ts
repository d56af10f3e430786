import { aStoredProduct } from '@licenseoperator/db/testing'
import type { ReadLine } from '@licenseoperator/terms'
import { describe, expect, test } from 'vitest'
import { lastStartOf, prorationsOf } from './earlier-changes.ts'

const line = (kind: ReadLine['kind'], from: string, to: string, product: ReadLine['product'] = aStoredProduct()): ReadLine => ({
  kind,
  product,
  period: { start: new Date(from), end: new Date(to) },
  priceId: undefined,
  stripeProductId: undefined,
  unitAmountMinor: undefined,
  quantity: 1,
  itemId: undefined,
})

describe('a change of the subscription', () => {
  test.each([
    ['change', true],
    ['credit', true],
    ['period', false],
    ['once', false],
  ] as const)('is told by a line that is a %s: %s', (kind, is) => {
    expect(prorationsOf([line(kind, '2026-01-01', '2026-02-01')])).toHaveLength(is ? 1 : 0)
  })

  test('over no time changes nothing: what it was about had ended', () => {
    expect(prorationsOf([line('credit', '2026-01-01', '2026-01-01'), line('change', '2026-02-01', '2026-01-01')])).toEqual([])
  })
})

describe('it counts from', () => {
  test('the last of its lines', () => {
    const lines = ['2026-01-01', '2026-03-01', '2026-02-01'].map((from) => line('change', from, '2027-01-01'))
    expect(lastStartOf(lines)).toEqual(new Date('2026-03-01'))
  })

  test('the last that is about something of ours', () => {
    const theirs = { ...line('change', '2026-03-01', '2027-01-01'), product: undefined }
    expect(lastStartOf([line('change', '2026-01-01', '2027-01-01'), theirs])).toEqual(new Date('2026-01-01'))
    expect(lastStartOf([theirs])).toBeUndefined()
    expect(lastStartOf([])).toBeUndefined()
  })
})
