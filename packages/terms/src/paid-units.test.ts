import type { Product } from '@licenseoperator/catalog'
import { aProduct } from '@licenseoperator/db/testing'
import { describe, expect, test } from 'vitest'
import type { ReadLine } from './our-line.ts'
import { onlyLine, unitsAfterChange, unitsOfPeriod } from './paid-units.ts'

const made = { createdAt: new Date(0), updatedAt: new Date(0), revision: 0 }
const year: Product = { ...aProduct({ slug: 'year' }), ...made, id: 1 }
const small: Product = { ...aProduct({ slug: 'small' }), ...made, id: 2 }
const end = new Date('2027-01-01T00:00:00Z')
const day = (number: number) => new Date(Date.UTC(2026, 0, number))

function line(fields: Partial<ReadLine>): ReadLine {
  const period = { start: day(1), end }
  return {
    ...{ priceId: 'price_year', stripeProductId: 'prod_year', unitAmountMinor: 900, quantity: 1, itemId: 'si_1' },
    ...{ kind: 'period', product: year, period, ...fields },
  }
}

/** A line for the rest of the period from that day on. */
const from = (number: number, kind: 'change' | 'credit', fields: Partial<ReadLine> = {}) =>
  line({ kind, period: { start: day(number), end }, ...fields })

describe('a period', () => {
  test('is paid for by all lines of the product that was bought, and by no other line', () => {
    const lines = [line({ quantity: 2 }), line({ product: undefined, quantity: 7 }), line({ itemId: 'si_2', quantity: 3 })]
    expect(unitsOfPeriod(lines, year)).toMatchObject({
      product: { slug: 'year' },
      quantity: 5,
      soldAs: [
        { itemId: 'si_1', quantity: 2 },
        { itemId: 'si_2', quantity: 3 },
      ],
    })
  })

  test.each([['first'], ['last']])('is that of our own line, also where it stands %s', (where) => {
    const own = line({ period: { start: day(1), end } })
    const other = line({ product: undefined, period: { start: day(1), end: day(31) } })
    const lines = where === 'first' ? [own, other] : [other, own]
    expect(unitsOfPeriod(lines, year)?.period).toEqual({ start: day(1), end })
  })

  test('over zero units is none, nor is one without a line of ours', () => {
    expect(unitsOfPeriod([line({ quantity: 0 })], year)).toBeUndefined()
    expect(unitsOfPeriod([line({ product: undefined })], year)).toBeUndefined()
    expect(onlyLine([line({ product: undefined, quantity: 0 })], year)).toBeUndefined()
  })

  test('of the one other product of ours is a change of plan; of several, nobody can tell', () => {
    expect(unitsOfPeriod([line({ product: small })], year)?.product).toBe(small)
    expect(() => unitsOfPeriod([line({}), line({ product: small })], undefined)).toThrow('several products: year, small')
  })

  test('is told by the only line where none names a product of ours, and by none of several', () => {
    expect(onlyLine([line({ product: undefined, quantity: 4 })], year)).toMatchObject({ product: year, quantity: 4 })
    expect(() => onlyLine([line({ product: undefined }), line({ product: undefined })], year)).toThrow('none of several lines')
  })
})

describe('a change', () => {
  test.each([
    ['to zero units', from(5, 'change', { quantity: 0 })],
    ['to what is none of ours', from(5, 'change', { product: undefined })],
  ])('%s leaves nothing, from that instant on', (_what, change) => {
    expect(unitsAfterChange([from(5, 'credit'), change], year, undefined)).toEqual({ to: 'nothing', at: day(5) })
  })

  test('of an item that is taken off later on the same invoice leaves nothing, from the second instant on', () => {
    const lines = [from(5, 'credit'), from(5, 'change', { quantity: 3 }), from(9, 'credit', { quantity: 3 })]
    expect(unitsAfterChange(lines, year, undefined)).toEqual({ to: 'nothing', at: day(9) })
    expect(unitsAfterChange(lines.toReversed(), year, undefined)).toEqual({ to: 'nothing', at: day(9) })
  })

  test.each([['in order'], ['the later first']])('that is changed again comes to the later terms, its lines %s', (order) => {
    const first = [from(5, 'credit'), from(5, 'change', { quantity: 3 })]
    const second = [from(9, 'credit', { quantity: 3 }), from(9, 'change', { quantity: 8 })]
    const lines = order === 'in order' ? [...first, ...second] : [...second, ...first]
    expect(unitsAfterChange(lines, year, undefined)).toMatchObject({
      to: 'units',
      units: { quantity: 8, period: { start: day(9) } },
    })
  })

  test('at one instant comes to the later line', () => {
    const lines = [from(5, 'credit'), from(5, 'change', { quantity: 3 }), from(5, 'credit'), from(5, 'change', { quantity: 8 })]
    expect(unitsAfterChange(lines, year, undefined)).toMatchObject({ to: 'units', units: { quantity: 8 } })
  })

  test.each([['in this order'], ['the other way round']])(
    'that takes an item off and puts another on is a change of plan, %s',
    (order) => {
      const lines = [from(5, 'credit'), from(5, 'change', { itemId: 'si_2', product: small, quantity: 3 })]
      const after = unitsAfterChange(order === 'in this order' ? lines : lines.toReversed(), year, undefined)
      expect(after).toMatchObject({ to: 'units', units: { product: { slug: 'small' }, quantity: 3 } })
    },
  )

  test('counts what it did not touch, and remembers it', () => {
    const other = { itemId: 'si_2', priceId: 'price_2', stripeProductId: 'prod_year', quantity: 4 }
    const before = { product: year, items: [{ ...other, itemId: 'si_1' }, other] }
    expect(unitsAfterChange([from(5, 'credit'), from(5, 'change', { quantity: 3 })], year, before)).toMatchObject({
      to: 'units',
      units: { quantity: 7, soldAs: [{ itemId: 'si_1', quantity: 3 }, other] },
    })
    expect(unitsAfterChange([from(5, 'credit')], year, before)).toMatchObject({
      to: 'units',
      units: { product: year, quantity: 4, soldAs: [other], period: { start: day(5), end } },
    })
  })

  test('of what is none of ours touches nothing', () => {
    const lines = [from(5, 'credit', { product: undefined }), from(5, 'change', { product: undefined })]
    expect(unitsAfterChange(lines, year, undefined)).toEqual({ to: 'nothing of ours was touched' })
  })

  test('that puts another product of ours beside the one that was bought is for people to decide', () => {
    const before = { product: year, items: [{ itemId: 'si_1', priceId: undefined, stripeProductId: undefined, quantity: 1 }] }
    const lines = [from(5, 'change', { itemId: 'si_2', product: small })]
    expect(() => unitsAfterChange(lines, year, before)).toThrow('small was added to a subscription of year')
  })
})
