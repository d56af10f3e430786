import type { Selectable } from 'kysely'
import { subscriptionColumns } from './columns.ts'
import { shownAscii } from './is-ascii.ts'
import { isDuplicateEntry } from './mysql-error.ts'
import type { Reader, SubscriptionsTable, Tx } from './schema.ts'

/** What Stripe last said of a subscription that pays for our licenses. */
export interface StoredSubscription {
  readonly subscriptionId: string
  /** As Stripe names it, e.g. `active`, `past_due`, `canceled`. */
  readonly status: string
  /** When it is going to end, while that is planned. */
  readonly cancelAt: Date | undefined
  /** When it ended. */
  readonly endedAt: Date | undefined
  readonly endedReason: string | undefined
}

/** How often it was written; 0 for one we do not know. Read it before Stripe is asked. */
export async function versionOf(db: Reader, subscriptionId: string): Promise<number> {
  const row = await db
    .selectFrom('subscriptions')
    .select('version')
    .where('stripe_subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  return row?.version ?? 0
}

/** As `reversals.put`: stored only when nobody stored another answer since `version` was read. */
export async function put(tx: Tx, subscription: StoredSubscription, version: number, now: Date): Promise<boolean> {
  const row = {
    status: shownAscii(subscription.status, 32),
    cancel_at: subscription.cancelAt ?? null,
    ended_at: subscription.endedAt ?? null,
    ended_reason: subscription.endedReason === undefined ? null : shownAscii(subscription.endedReason, 64),
    version: version + 1,
    updated_at: now,
  }
  if (version > 0) {
    const { numUpdatedRows } = await tx
      .updateTable('subscriptions')
      .set(row)
      .where('stripe_subscription_id', '=', subscription.subscriptionId)
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    return numUpdatedRows === 1n
  }
  try {
    await tx
      .insertInto('subscriptions')
      .values({ stripe_subscription_id: subscription.subscriptionId, ...row })
      .execute()
    return true
  } catch (error) {
    if (isDuplicateEntry(error)) return false
    throw error
  }
}

export async function find(db: Reader, subscriptionId: string): Promise<StoredSubscription | undefined> {
  const row = await db
    .selectFrom('subscriptions')
    .select(subscriptionColumns)
    .where('stripe_subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  return row && toSubscription(row)
}

function toSubscription(row: Selectable<SubscriptionsTable>): StoredSubscription {
  return {
    subscriptionId: row.stripe_subscription_id,
    status: row.status,
    cancelAt: row.cancel_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    endedReason: row.ended_reason ?? undefined,
  }
}
