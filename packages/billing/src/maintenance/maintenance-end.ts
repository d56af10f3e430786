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
 * @param boughtAt       when the license was bought: years are counted from there, so that what began on 29 February ends on one where there is one
 */
export function maintenanceEnd(includedUntil: Date, payments: readonly MaintenancePayment[], boughtAt?: Date): Date {
  let counted =
    boughtAt !== undefined && isSame(addYears(boughtAt, 1), includedUntil) ? { from: boughtAt, years: 1 } : whole(includedUntil)
  for (const { coversUntil } of payments)
    if (coversUntil !== undefined && coversUntil > endOf(counted)) counted = whole(coversUntil)
  const years = payments.filter((payment) => payment.coversUntil === undefined)
  for (const { paidAt } of years.toSorted((a, b) => a.paidAt.getTime() - b.paidAt.getTime())) {
    const { from, years: before } = paidAt > endOf(counted) ? whole(paidAt) : counted
    counted = { from, years: before + 1 }
  }
  return endOf(counted)
}

/** So many years from an instant. The end of one is never counted on from: 28 February would not find back to the 29th. */
interface Counted {
  readonly from: Date
  readonly years: number
}

function endOf({ from, years }: Counted): Date {
  return addYears(from, years)
}

function whole(from: Date): Counted {
  return { from, years: 0 }
}

function isSame(a: Date, b: Date): boolean {
  return a.getTime() === b.getTime()
}

/** As `maintenanceEnd`, of a stored license. */
export function maintenanceEndOf(
  license: { readonly issuedAt: Date; readonly maintenanceIncludedUntil: Date | undefined },
  payments: readonly MaintenancePayment[],
): Date {
  const { issuedAt, maintenanceIncludedUntil } = license
  return maintenanceEnd(maintenanceIncludedUntil ?? addYears(issuedAt, 1), payments, issuedAt)
}
