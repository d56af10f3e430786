import type { Reader, Tx } from './schema.ts'

/**
 * Remembers that Stripe would not have a customer, so that no further checkout names it: it was deleted, belongs to another mode or account, or, in one
 * currency, has a subscription in another.
 *
 * @param currency  lower case; absent when it was refused in any
 */
export async function note(tx: Tx, customerId: string, currency: string | undefined, now: Date): Promise<void> {
  await tx
    .insertInto('refused_customers')
    .values({ stripe_customer_id: customerId, currency: currency ?? '', refused_at: now })
    .onDuplicateKeyUpdate({ refused_at: now })
    .execute()
}

export async function isRefused(db: Reader, customerId: string, currency: string): Promise<boolean> {
  const row = await db
    .selectFrom('refused_customers')
    .select('currency')
    .where('stripe_customer_id', '=', customerId)
    .where('currency', 'in', ['', currency])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
