import type { Selectable } from 'kysely'
import { reversalColumns } from './columns.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import type { Reader, ReversalsTable, Tx } from './schema.ts'

/** Money that went back, or may: the refunds of one charge together, or one dispute. */
export interface Reversal {
  /** `ch_…` for the refunds of a charge, `du_…` for a dispute. */
  readonly reversalId: string
  readonly kind: ReversalsTable['kind']
  readonly status: ReversalsTable['status']
  /** In the currency's minor unit. */
  readonly amountMinor: number
  readonly chargeId: string
  readonly paymentIntentId: string | undefined
  readonly invoiceId: string | undefined
}

/** How often the reversal was written; 0 for one we do not know. Read it before Stripe is asked. */
export async function versionOf(db: Reader, reversalId: string): Promise<number> {
  const row = await db.selectFrom('reversals').select('version').where('reversal_id', '=', reversalId).executeTakeFirst()
  return row?.version ?? 0
}

/**
 * Stores what Stripe said, unless somebody stored another answer since `version` was read: then ours may be the older one, and Stripe is to be
 * asked again.
 *
 * @returns false when it was not stored
 */
export async function put(tx: Tx, reversal: Reversal, version: number, now: Date): Promise<boolean> {
  const row = {
    kind: reversal.kind,
    status: reversal.status,
    amount_minor: reversal.amountMinor,
    stripe_charge_id: reversal.chargeId,
    stripe_payment_intent_id: reversal.paymentIntentId ?? null,
    stripe_invoice_id: reversal.invoiceId ?? null,
    version: version + 1,
    updated_at: now,
  }
  if (version > 0) {
    const { numUpdatedRows } = await tx
      .updateTable('reversals')
      .set(row)
      .where('reversal_id', '=', reversal.reversalId)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    return numUpdatedRows === 1n
  }
  try {
    await tx
      .insertInto('reversals')
      .values({ reversal_id: reversal.reversalId, ...row })
      .execute()
    return true
  } catch (error) {
    if (isDuplicateEntry(error)) return false
    throw error
  }
}

/** The reversals of payments, by any of the names Stripe has for them. */
export async function listOf(
  db: Reader,
  { paymentIntentIds, invoiceIds }: { paymentIntentIds: readonly string[]; invoiceIds: readonly string[] },
): Promise<Reversal[]> {
  if (paymentIntentIds.length === 0 && invoiceIds.length === 0) return []
  const rows = await db
    .selectFrom('reversals')
    .select(reversalColumns)
    .where((eb) =>
      eb.or([
        ...(paymentIntentIds.length === 0 ? [] : [eb('stripe_payment_intent_id', 'in', paymentIntentIds)]),
        ...(invoiceIds.length === 0 ? [] : [eb('stripe_invoice_id', 'in', invoiceIds)]),
      ]),
    )
    .orderBy('reversal_id')
    .execute()
  return rows.map(toReversal)
}

function toReversal(row: Selectable<ReversalsTable>): Reversal {
  return {
    reversalId: row.reversal_id,
    kind: row.kind,
    status: row.status,
    amountMinor: row.amount_minor,
    chargeId: row.stripe_charge_id,
    paymentIntentId: row.stripe_payment_intent_id ?? undefined,
    invoiceId: row.stripe_invoice_id ?? undefined,
  }
}
