import { addYears } from '@licenseoperator/domain'

/** A payment for maintenance: of a period that Stripe dated (a subscription's invoice), or of a year (a checkout). */
export interface MaintenancePayment {
  readonly paidAt: Date
  readonly coversUntil?: Date | undefined
}

/**
 * Until when a perpetual license is maintained: what its purchase included, the periods that its subscription paid for, and a year more for each
 * renewal by hand, from the old end or, when maintenance had lapsed by then, from the payment.
 *
 * Computed from all payments at once, so that the order in which they become known changes nothing.
 *
 * @param includedUntil  end of the maintenance that was bought with the license
 * @param payments       any order
 */
export function maintenanceEnd(includedUntil: Date, payments: readonly MaintenancePayment[]): Date {
  let end = includedUntil
  for (const { coversUntil } of payments) if (coversUntil !== undefined && coversUntil > end) end = coversUntil
  const years = payments.filter((payment) => payment.coversUntil === undefined)
  for (const { paidAt } of years.toSorted((a, b) => a.paidAt.getTime() - b.paidAt.getTime())) {
    const lapsed = paidAt > end
    end = addYears(lapsed ? paidAt : end, 1)
  }
  return end
}

/** As `maintenanceEnd`, of a stored license. */
export function maintenanceEndOf(
  license: { readonly issuedAt: Date; readonly maintenanceIncludedUntil: Date | undefined },
  payments: readonly MaintenancePayment[],
): Date {
  return maintenanceEnd(license.maintenanceIncludedUntil ?? addYears(license.issuedAt, 1), payments)
}
