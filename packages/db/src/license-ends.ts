import { isDuplicateEntry } from './mysql-error.ts'
import type { Reader, Tx } from './schema.ts'

/** The instant at which a subscription stopped containing a license, its unused time being credited. */
export interface LicenseEnd {
  readonly subscriptionId: string
  /** The invoice that says so. */
  readonly invoiceId: string
  readonly endedAt: Date
}

/** Keeps the fact once, however often its invoice is told of. */
export async function record(tx: Tx, end: LicenseEnd, now: Date): Promise<void> {
  const row = {
    stripe_invoice_id: end.invoiceId,
    stripe_subscription_id: end.subscriptionId,
    ended_at: end.endedAt,
    created_at: now,
  }
  try {
    await tx.insertInto('license_ends').values(row).execute()
  } catch (error) {
    if (!isDuplicateEntry(error)) throw error
  }
}

/** All of a subscription, the earliest first. */
export async function listOf(db: Reader, subscriptionId: string): Promise<Date[]> {
  const rows = await db
    .selectFrom('license_ends')
    .select('ended_at')
    .where('stripe_subscription_id', '=', subscriptionId)
    .orderBy('ended_at')
    .execute()
  return rows.map((row) => row.ended_at)
}
