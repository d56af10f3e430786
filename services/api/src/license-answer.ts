import type { licenses } from '@licenseoperator/db'
import { licenseStatus } from '@licenseoperator/licensing'

/** Headers of every answer that is a license: a file to save, and nothing a cache may keep. */
export function licenseHeaders(licenseId: string): Record<string, string> {
  return {
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `attachment; filename="${licenseId}.lic"`,
    'cache-control': 'no-store',
  }
}

/** What became of a license since it was signed; its text cannot say so. */
export function stateHeaders(license: licenses.StoredLicense, now: Date): Record<string, string> {
  const { revokedReason, supersededBy } = license.state
  return {
    'x-license-status': licenseStatus(license, now),
    ...(revokedReason === undefined ? {} : { 'x-license-revoked-reason': revokedReason }),
    ...(supersededBy === undefined ? {} : { 'x-license-superseded-by': supersededBy }),
  }
}
