import { sql } from 'kysely'
import type { Reader, Tx } from './schema.ts'

/** A revoked license, as a list names it. */
export interface RevokedRow {
  readonly licenseId: string
  readonly productKey: string
  readonly revokedAt: Date
  readonly reason: string
  readonly supersededBy: string | undefined
}

const ROW = 1
/**
 * Raises the list's number, in the transaction that changes what it says. At least to the second of the clock: after a restore from a backup it is above
 * what verifiers have seen all the same, and they refuse to go back.
 */
export async function raise(tx: Tx, now: Date): Promise<void> {
  const second = Math.floor(now.getTime() / 1000)
  await tx
    .insertInto('revocation_list')
    .values({ id: ROW, number: second })
    .onDuplicateKeyUpdate({ number: sql`GREATEST(number + 1, ${second})` })
    .execute()
}

/** Rises with each change; 0 before the first. */
export async function number(db: Reader): Promise<number> {
  const row = await db.selectFrom('revocation_list').select('number').where('id', '=', ROW).executeTakeFirst()
  return row?.number ?? 0
}

/** Revoked licenses that would still be valid at an instant, the newest revocation first. */
export async function listRevoked(db: Reader, validAt: Date, limit: number): Promise<RevokedRow[]> {
  const rows = await db
    .selectFrom('licenses')
    .select(['license_id', 'product_key', 'revoked_at', 'revoked_reason', 'superseded_by'])
    .where('revoked_at', 'is not', null)
    .where('expires_at', '>', validAt)
    .orderBy('revoked_at', 'desc')
    .limit(limit)
    .execute()
  return rows.flatMap((row) =>
    row.revoked_at === null
      ? []
      : {
          licenseId: row.license_id,
          productKey: row.product_key,
          revokedAt: row.revoked_at,
          reason: row.revoked_reason ?? 'admin',
          supersededBy: row.superseded_by ?? undefined,
        },
  )
}
