import { paymentDetailsColumns } from './columns.ts'
import type { Reader, Tx } from './schema.ts'
import { toJson } from './to-json.ts'

/** What Stripe said of a payment's invoice and payment intent, as JSON; `undefined` where there is none. */
export interface PaymentDetails {
  readonly invoice: unknown
  readonly paymentIntent: unknown
}

export async function find(db: Reader, paymentKey: string): Promise<PaymentDetails | undefined> {
  const row = await db
    .selectFrom('payment_details')
    .select(paymentDetailsColumns)
    .where('payment_key', '=', paymentKey)
    .executeTakeFirst()
  return row && { invoice: row.invoice ?? undefined, paymentIntent: row.payment_intent ?? undefined }
}

/** Remembers the answer; the newest one stays. */
export async function save(tx: Tx, paymentKey: string, details: PaymentDetails, now: Date): Promise<void> {
  const row = { invoice: asJson(details.invoice), payment_intent: asJson(details.paymentIntent), fetched_at: now }
  await tx
    .insertInto('payment_details')
    .values({ payment_key: paymentKey, ...row })
    .onDuplicateKeyUpdate(row)
    .execute()
}

function asJson(value: unknown): string | null {
  return value === undefined ? null : toJson(value)
}
