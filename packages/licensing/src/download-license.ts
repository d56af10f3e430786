import { type Db, licenses, reading } from '@licenseoperator/db'
import { assertMember, type Caller, DomainError } from '@licenseoperator/domain'

/**
 * The stored license, whatever its status: a revoked or expired one is found and says so.
 *
 * @throws DomainError `not_found` for an unknown id, `forbidden` when it belongs to a group that the caller is not in
 */
export async function downloadLicense(db: Db, caller: Caller, licenseId: string): Promise<licenses.StoredLicense> {
  const license = await reading(() => licenses.findById(db, licenseId))
  if (license === undefined) throw new DomainError('not_found', 'license not found')
  assertMember(caller, license.groupName)
  return license
}
