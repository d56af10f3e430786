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

/** Stripe also says "no such customer" to the key of another mode, which an operator puts right: it is asked again after this time. */
const UNKNOWN_FOR_MS = 24 * 60 * 60_000

/** Before this instant, who was refused in any currency may be named again. */
export function countsSince(now: Date): Date {
  return new Date(now.getTime() - UNKNOWN_FOR_MS)
}

export async function isRefused(db: Reader, customerId: string, currency: string, now = new Date()): Promise<boolean> {
  const row = await db
    .selectFrom('refused_customers')
    .select('currency')
    .where('stripe_customer_id', '=', customerId)
    .where((eb) =>
      eb.or([eb('currency', '=', currency), eb.and([eb('currency', '=', ''), eb('refused_at', '>', countsSince(now))])]),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
