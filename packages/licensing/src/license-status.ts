import type { licenses } from '@licenseoperator/db'

/** `REVOKED` beats `EXPIRED`; `ACTIVE` is neither. */
export function licenseStatus(
  license: Pick<licenses.StoredLicense, 'revokedAt' | 'expiresAt'>,
  now: Date,
): 'ACTIVE' | 'EXPIRED' | 'REVOKED' {
  if (license.revokedAt !== undefined) return 'REVOKED'
  return now < license.expiresAt ? 'ACTIVE' : 'EXPIRED'
}
