import { isAscii } from './is-ascii.ts'
import type { Reader, Tx } from './schema.ts'

/** Until when the links of a license that were made open nothing; undefined when none was revoked. */
export async function revokedAt(db: Reader, licenseId: string): Promise<Date | undefined> {
  if (!isAscii(licenseId)) return undefined
  const row = await db
    .selectFrom('license_link_revocations')
    .select('revoked_at')
    .where('license_id', '=', licenseId)
    .executeTakeFirst()
  return row?.revoked_at
}

/** Revokes every link of a license that was made until now. */
export async function revoke(tx: Tx, licenseId: string, now: Date): Promise<void> {
  await tx
    .insertInto('license_link_revocations')
    .values({ license_id: licenseId, revoked_at: now })
    .onDuplicateKeyUpdate({ revoked_at: now })
    .execute()
}
