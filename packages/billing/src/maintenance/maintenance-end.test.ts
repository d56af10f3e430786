import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maintenanceEnd } from './maintenance-end.ts'

const purchase = new Date('2024-02-29T12:00:00Z')
const end = (...paid: string[]) =>
  maintenanceEnd(
    purchase,
    paid.map((day) => new Date(day)),
  ).toISOString()

test.each([
  ['a year from the purchase', [], '2025-02-28T12:00:00.000Z'],
  ['renewed in time: from the old end', ['2024-12-01'], '2026-02-28T12:00:00.000Z'],
  ['twice in advance', ['2024-12-01', '2024-12-02'], '2027-02-28T12:00:00.000Z'],
  ['renewed after it lapsed: from the payment', ['2025-06-01'], '2026-06-01T00:00:00.000Z'],
  ['lapsed, then in time', ['2025-06-01', '2026-01-01'], '2027-06-01T00:00:00.000Z'],
])('%s', (_what, paid, expected) => expect(end(...paid)).toBe(expected))

test('the order in which payments become known changes nothing, and a payment never shortens anything', () => {
  const day = fc.date({ min: new Date('2024-03-01'), max: new Date('2034-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 6 }), (days) => {
      const [last, ...others] = days
      const all = maintenanceEnd(purchase, days)
      expect(maintenanceEnd(purchase, days.toReversed())).toEqual(all)
      expect(all.getTime()).toBeGreaterThanOrEqual(maintenanceEnd(purchase, others).getTime())
      expect(all.getTime()).toBeGreaterThan((last ?? purchase).getTime())
    }),
  )
})
