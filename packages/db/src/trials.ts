import { trialColumns } from './columns.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import type { Reader, Tx } from './schema.ts'

/** The group's last trial. Outlives the license itself. */
export interface Trial {
  /** See `groupKey`. One trial per group, whatever the spelling. */
  readonly groupKey: string
  readonly licenseId: string
  readonly productKey: string
  readonly expiresAt: Date
}

export async function find(db: Reader, groupKey: string): Promise<Trial | undefined> {
  const row = await db.selectFrom('trials').select(trialColumns).where('group_key', '=', groupKey).executeTakeFirst()
  return row && { groupKey: row.group_key, licenseId: row.license_id, productKey: row.product_key, expiresAt: row.expires_at }
}

/** Records a group's first trial; false when the group has had one. */
export async function insert(tx: Tx, trial: Trial, now: Date): Promise<boolean> {
  try {
    await tx.insertInto('trials').values(toRow(trial, now)).execute()
    return true
  } catch (error) {
    if (isDuplicateEntry(error)) return false
    throw error
  }
}

/** Records a further trial; false when another one has taken the place of `previousLicenseId` meanwhile. */
export async function replace(tx: Tx, trial: Trial, previousLicenseId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('trials')
    .set(toRow(trial, now))
    .where('group_key', '=', trial.groupKey)
    .where('license_id', '=', previousLicenseId)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/**
 * Gives the group's one trial to a checkout. Of several at once the unique key decides; the trial of a checkout that was abandoned can be given again.
 *
 * @returns false when another checkout has it
 */
export async function claim(tx: Tx, groupKey: string, reservationId: string, now: Date): Promise<boolean> {
  try {
    await tx.insertInto('trial_claims').values({ group_key: groupKey, reservation_id: reservationId, claimed_at: now }).execute()
    return true
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
  const { numUpdatedRows } = await tx
    .updateTable('trial_claims')
    .set({ reservation_id: reservationId, claimed_at: now })
    .where('group_key', '=', groupKey)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('reservations')
            .select('reservations.reservation_id')
            .whereRef('reservations.reservation_id', '=', 'trial_claims.reservation_id')
            .where('reservations.status', 'in', ['held', 'consumed']),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** @returns the reservation of the checkout that the group's one trial was given to last */
export async function claimedBy(db: Reader, groupKey: string): Promise<string | undefined> {
  const row = await db.selectFrom('trial_claims').select('reservation_id').where('group_key', '=', groupKey).executeTakeFirst()
  return row?.reservation_id
}

function toRow(trial: Trial, now: Date) {
  return {
    group_key: trial.groupKey,
    license_id: trial.licenseId,
    product_key: trial.productKey,
    expires_at: trial.expiresAt,
    updated_at: now,
  }
}
