import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maintenanceEnd, maintenanceEndOf } from './maintenance-end.ts'

const included = new Date('2025-02-28T12:00:00Z')
const end = (...paid: string[]) =>
  maintenanceEnd(
    included,
    paid.map((day) => ({ paidAt: new Date(day) })),
  ).toISOString()

test.each([
  ['what the purchase included', [], '2025-02-28T12:00:00.000Z'],
  ['renewed in time: from the old end', ['2024-12-01'], '2026-02-28T12:00:00.000Z'],
  ['twice in advance', ['2024-12-01', '2024-12-02'], '2027-02-28T12:00:00.000Z'],
  ['renewed after it lapsed: from the payment', ['2025-06-01'], '2026-06-01T00:00:00.000Z'],
  ['lapsed, then in time', ['2025-06-01', '2026-01-01'], '2027-06-01T00:00:00.000Z'],
])('%s', (_what, paid, expected) => expect(end(...paid)).toBe(expected))

test('a subscription pays until the end of its latest period, and a year by hand comes on top', () => {
  const periods = ['2027-02-28', '2026-02-28'].map((day) => ({ paidAt: new Date('2025-02-28'), coversUntil: new Date(day) }))
  expect(maintenanceEnd(included, periods)).toEqual(new Date('2027-02-28'))
  expect(maintenanceEnd(included, [{ paidAt: new Date('2026-12-01') }, ...periods])).toEqual(new Date('2028-02-28'))
})

test('the order in which payments become known changes nothing, and a payment never shortens anything', () => {
  const day = fc.date({ min: new Date('2024-03-01'), max: new Date('2034-01-01'), noInvalidDate: true })
  const payment = fc.record({ paidAt: day, coversUntil: fc.option(day, { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(payment, { minLength: 1, maxLength: 6 }), (payments) => {
      const [last, ...others] = payments
      const all = maintenanceEnd(included, payments)
      expect(maintenanceEnd(included, payments.toReversed())).toEqual(all)
      expect(all.getTime()).toBeGreaterThanOrEqual(maintenanceEnd(included, others).getTime())
      expect(all.getTime()).toBeGreaterThanOrEqual((last?.coversUntil ?? last?.paidAt ?? included).getTime())
    }),
  )
})

test('what was bought on 29 February ends on the 28th in common years and on the 29th in leap years', () => {
  const bought = new Date('2024-02-29T12:00:00Z')
  const renewed = ['2024-12-01', '2025-12-01', '2026-12-01'].map((day) => ({ paidAt: new Date(day) }))
  const ends = [0, 1, 2, 3].map((count) =>
    maintenanceEnd(new Date('2025-02-28T12:00:00Z'), renewed.slice(0, count), bought).toISOString(),
  )
  expect(ends.map((one) => one.slice(0, 10))).toEqual(['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'])
})

test('of a license that is stored, years are counted from when it was bought', () => {
  const license = { issuedAt: new Date('2024-02-29T12:00:00Z'), maintenanceIncludedUntil: new Date('2025-02-28T12:00:00Z') }
  const renewed = ['2024-12-01', '2025-12-01', '2026-12-01'].map((day) => ({ paidAt: new Date(day) }))
  expect(maintenanceEndOf(license, renewed)).toEqual(new Date('2028-02-29T12:00:00Z'))
  // An older release did not write down what was included.
  expect(maintenanceEndOf({ ...license, maintenanceIncludedUntil: undefined }, renewed)).toEqual(new Date('2028-02-29T12:00:00Z'))
})
