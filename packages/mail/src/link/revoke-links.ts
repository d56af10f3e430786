import { audit, type Db, inTransaction, licenseLinks, licenses, reading } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller, DomainError, type Surface } from '@licenseoperator/domain'

/**
 * From now on no link of a license that was made until now opens anything, e.g. after a mail went to somebody else. `license resend` makes a new one; the
 * license itself stays good.
 *
 * @throws DomainError `forbidden`, `insufficient_scope`, `not_found`
 */
export async function revokeLinks(
  deps: { db: Db; requiredScopes: Partial<Record<Surface, boolean>>; now: () => Date },
  caller: Caller,
  licenseId: string,
): Promise<void> {
  const { db, requiredScopes, now } = deps
  assertSysadmin(caller)
  assertScope(caller, 'licenses:revoke', requiredScopes)
  if ((await reading(() => licenses.findById(db, licenseId))) === undefined)
    throw new DomainError('not_found', 'license not found')
  const at = now()
  await inTransaction(db, async (tx) => {
    await licenseLinks.revoke(tx, licenseId, at)
    await audit.record(tx, { at, caller, action: 'license.links_revoked', subject: `license:${licenseId}` })
  })
}
