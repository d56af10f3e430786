import { type Db, licenses, reading } from '@licenseoperator/db'
import { assertMember, type Caller } from '@licenseoperator/domain'

/**
 * One page of a group's licenses, newest first; trials, expired and revoked ones included.
 *
 * @param page  counted from 1
 * @throws DomainError `forbidden` unless the caller is in the group or a system administrator
 */
export async function listGroupLicenses(
  db: Db,
  caller: Caller,
  query: { group: string; plan?: string | undefined; page: number; pageSize: number },
): Promise<{ items: licenses.StoredLicense[]; total: number }> {
  assertMember(caller, query.group)
  const { group, plan, page, pageSize } = query
  return reading(() =>
    licenses.listByGroup(db, { group, plan: plan?.toLowerCase(), limit: pageSize, offset: (page - 1) * pageSize }),
  )
}
