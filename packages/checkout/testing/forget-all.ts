import { sql } from 'kysely'
import type { Counter } from './a-counter.ts'

/** Tables of what events bring. */
export const derived = [
  ...[
    'outbox',
    'withheld_announcements',
    'payments',
    'licenses',
    'license_ends',
    'trials',
    'stripe_events',
    'reversals',
    'subscriptions',
  ],
  ...['audit_log', 'payment_details'],
]

/** Forgets whatever events brought; the catalog stays. */
export async function forgetAll(shop: Counter): Promise<void> {
  for (const table of [...derived, 'trial_claims', 'reservations', 'coupon_groups'])
    await sql`DELETE FROM ${sql.table(table)}`.execute(shop.database.db)
  await sql`UPDATE products SET licenses_taken = 0`.execute(shop.database.db)
  await sql`UPDATE coupons SET taken = 0`.execute(shop.database.db)
}
