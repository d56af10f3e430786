import { audit, type Db, inTransaction, licenses, reading, type Tx } from '@licenseoperator/db'
import { assertScope, assertSysadmin, type Caller, DomainError, type Surface } from '@licenseoperator/domain'
import { lockPurchase, purchaseLockOf } from './lock-purchase.ts'
import { deriveLicenses } from './state/derive-licenses.ts'
import type { RevocationPolicy } from './state/license-state.ts'
import { familyOf } from './state/touched.ts'

export interface RevokeDeps {
  readonly db: Db
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  readonly policy: RevocationPolicy
  readonly now: () => Date
}

/**
 * Revokes one license, whatever is paid for it later, and what a change of plan puts in its place. Its customer's other licenses stay as they are, also
 * those of the same bundle and those of later periods.
 *
 * @param note  for those who look at it later, at most 255 characters
 * @returns the license as it is now
 * @throws DomainError `forbidden`, `not_found`
 */
export async function revokeLicense(
  deps: RevokeDeps,
  caller: Caller,
  licenseId: string,
  note: string,
): Promise<licenses.StoredLicense> {
  const at = deps.now()
  return decide(deps, caller, licenseId, async (tx, before) => {
    if (before.state.adminRevokedAt !== undefined) return
    await licenses.setAdminRevocation(tx, licenseId, { at, note })
    await audit.record(tx, {
      at,
      caller,
      action: 'license.revoked_by_operator',
      subject: `license:${licenseId}`,
      after: { note },
    })
  })
}

/**
 * Takes an operator's revocation back. The license is good again only when nothing else speaks against it.
 *
 * @returns the license as it is now
 * @throws DomainError `forbidden`, `not_found`; `invalid_payload` when it is revoked because an earlier one is that it took the place of
 */
export async function restoreLicense(
  deps: RevokeDeps,
  caller: Caller,
  licenseId: string,
  note: string,
): Promise<licenses.StoredLicense> {
  const at = deps.now()
  return decide(deps, caller, licenseId, async (tx, before) => {
    if (before.state.adminRevokedAt === undefined) {
      if (before.state.revokedReason !== 'admin') return
      throw new DomainError(
        'invalid_payload',
        'invalid request: an operator revoked the license whose place it took; restore that one',
      )
    }
    await licenses.setAdminRevocation(tx, licenseId, undefined)
    await audit.record(tx, {
      at,
      caller,
      action: 'license.restored_by_operator',
      subject: `license:${licenseId}`,
      after: { note },
    })
  })
}

async function decide(
  { db, requiredScopes, policy, now }: RevokeDeps,
  caller: Caller,
  licenseId: string,
  change: (tx: Tx, before: licenses.StoredLicense) => Promise<void>,
): Promise<licenses.StoredLicense> {
  assertSysadmin(caller)
  assertScope(caller, 'licenses:revoke', requiredScopes)
  const known = await reading(() => licenses.findById(db, licenseId))
  if (known === undefined) throw new DomainError('not_found', 'resource not found')
  const at = now()
  return inTransaction(db, async (tx) => {
    await lockPurchase(tx, purchaseLockOf(known))
    await change(tx, (await licenses.findById(tx, licenseId)) ?? known)
    await deriveLicenses(tx, familyOf(known), { policy, actor: caller, now: at })
    return (await licenses.findById(tx, licenseId)) ?? known
  })
}
