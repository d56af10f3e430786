import { type Db, licenseSearch, type licenses, reading } from '@licenseoperator/db'
import { assertSysadmin, type Caller } from '@licenseoperator/domain'

/**
 * One page of the licenses that fit all that is given, newest first; trials, expired and revoked ones included.
 *
 * @param page  counted from 1
 * @throws DomainError `forbidden` unless the caller is a system administrator
 */
export async function findLicenses(
  db: Db,
  caller: Caller,
  filter: licenseSearch.LicenseFilter,
  { page, pageSize }: { page: number; pageSize: number },
): Promise<{ items: licenses.StoredLicense[]; total: number }> {
  assertSysadmin(caller)
  return reading(() => licenseSearch.search(db, filter, { limit: pageSize, offset: (page - 1) * pageSize }))
}
