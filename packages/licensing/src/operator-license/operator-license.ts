import { DomainError } from '@licenseoperator/domain'

/** `off` when no license file is configured: nothing is guarded and seats are unlimited. */
export type OperatorLicenseState = 'off' | 'valid' | 'grace' | 'invalid' | 'error'

/** The operator's own license, which gates administration. Purchases, webhooks and downloads never ask for it. */
export interface OperatorLicense {
  state(): OperatorLicenseState
  /** Seats of the license: the greatest number of active products. `undefined` when unlimited. */
  seatLimit(): number | undefined
}

export const noOperatorLicense: OperatorLicense = { state: () => 'off', seatLimit: () => undefined }

/** @throws DomainError `operator_license_invalid` in the states `invalid` and `error` */
export function assertOperatorLicense(license: OperatorLicense): void {
  const state = license.state()
  if (state === 'invalid' || state === 'error') throw new DomainError('operator_license_invalid', 'operator license is not valid')
}
