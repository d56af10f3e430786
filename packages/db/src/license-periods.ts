import type { Reader } from './schema.ts'

/** The time that one purchase of a subscription is paid for; of a bundle once, whatever its parts. */
export interface LicensePeriod {
  /** The purchase's issuance key. */
  readonly key: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

// Each is answered from an index that has every column named here: a subscription's other periods are not read, nor any license's text.

/** Purchases of a subscription that start in `[from, until)`. */
export async function startingWithin(db: Reader, subscriptionId: string, from: Date, until: Date): Promise<LicensePeriod[]> {
  return read(ofSubscription(db, subscriptionId).where('issued_at', '>=', from).where('issued_at', '<', until))
}

/** Purchases of a subscription that started by `last` and last beyond `first`: what anything between the two can have replaced. */
export async function lastingInto(db: Reader, subscriptionId: string, first: Date, last: Date): Promise<LicensePeriod[]> {
  return read(ofSubscription(db, subscriptionId).where('issued_at', '<=', last).where('expires_at', '>', first))
}

/** Purchases of a subscription that last beyond an instant. */
export async function endingAfter(db: Reader, subscriptionId: string, at: Date): Promise<LicensePeriod[]> {
  return read(ofSubscription(db, subscriptionId).where('expires_at', '>', at))
}

function ofSubscription(db: Reader, subscriptionId: string) {
  return (
    db
      .selectFrom('licenses')
      .select(['issuance_key', 'issued_at', 'expires_at'])
      .where('stripe_subscription_id', '=', subscriptionId)
      // A part of a bundle is named after its purchase and a number.
      .where('issuance_key', 'not like', '%#%')
  )
}

async function read(query: ReturnType<typeof ofSubscription>): Promise<LicensePeriod[]> {
  const rows = await query.execute()
  return rows.map((row) => ({ key: row.issuance_key, issuedAt: row.issued_at, expiresAt: row.expires_at }))
}
