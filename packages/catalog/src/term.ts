import { addDays, addYears, PERPETUAL_EXPIRY } from '@licenseoperator/domain'
import type { LicenseMode } from './license-mode.ts'

/** Start and end of what a subscription invoice paid for, as Stripe dated it. */
export interface PaidPeriod {
  readonly start: Date
  readonly end: Date
}

/**
 * Until when a license is valid, and until when its maintenance is.
 *
 * @param purchasedAt  when the checkout was completed, by Stripe's clock: absolute, so that a late or repeated event changes nothing
 * @param termDurationDays  days a one-off license lasts; not used by the other modes
 * @param period       the paid period; required for subscriptions
 */
export function termEnd(
  mode: LicenseMode,
  purchasedAt: Date,
  options: { termDurationDays: number; period?: PaidPeriod | undefined },
): { expiresAt: Date; maintenanceExpiresAt: Date | undefined } {
  if (mode === 'perpetual_manual' || mode === 'perpetual_auto') {
    return { expiresAt: PERPETUAL_EXPIRY, maintenanceExpiresAt: options.period?.end ?? addYears(purchasedAt, 1) }
  }
  if (mode === 'subscription') {
    if (options.period === undefined) throw new TypeError('a subscription license needs its paid period')
    return { expiresAt: options.period.end, maintenanceExpiresAt: undefined }
  }
  return { expiresAt: addDays(purchasedAt, options.termDurationDays), maintenanceExpiresAt: undefined }
}
