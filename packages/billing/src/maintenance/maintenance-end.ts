import { addYears } from '@licenseoperator/domain'

/**
 * Until when a perpetual license is maintained: a year from its purchase, and a year more for each renewal, from the old end or, when maintenance had
 * lapsed by then, from the payment.
 *
 * Computed from all payments at once, so that the order in which they become known changes nothing.
 *
 * @param paidAt  when each renewal was paid, any order
 */
export function maintenanceEnd(purchasedAt: Date, paidAt: readonly Date[]): Date {
  let end = addYears(purchasedAt, 1)
  for (const paid of paidAt.toSorted((a, b) => a.getTime() - b.getTime())) {
    const lapsed = paid > end
    end = addYears(lapsed ? paid : end, 1)
  }
  return end
}
