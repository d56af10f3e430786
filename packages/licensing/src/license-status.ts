import type { licenses } from '@licenseoperator/db'

/** `REVOKED` beats `EXPIRED`; `ACTIVE` is neither. */
export function licenseStatus(
  license: Pick<licenses.StoredLicense, 'state' | 'expiresAt'>,
  now: Date,
): 'ACTIVE' | 'EXPIRED' | 'REVOKED' {
  if (license.state.revokedAt !== undefined) return 'REVOKED'
  return now < license.expiresAt ? 'ACTIVE' : 'EXPIRED'
}
