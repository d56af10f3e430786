import { derived } from '@licenseoperator/checkout/testing'
import { sql } from 'kysely'
import { handledEvents } from '../src/events/handled-events.ts'
import type { Shop } from './a-shop.ts'

export { forgetAll } from '@licenseoperator/checkout/testing'

/** A generator of numbers that a seed repeats (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** The bodies of all events that we ask Stripe for, in the order they were made. @param apiVersion  of the endpoint they go to; default ours */
export async function handledHistory(shop: Shop, apiVersion?: string): Promise<string[]> {
  const all = await shop.emulator.control.events(apiVersion)
  return all.filter(({ type }) => handledEvents.some((handled) => handled === type)).map((event) => JSON.stringify(event))
}

/**
 * Tells the processor of events; one that waits for another comes again, as JetStream would bring it.
 *
 * @param atOnce  how many are told at the same instant
 */
export async function tell(shop: Shop, payloads: readonly string[], atOnce = 1): Promise<void> {
  let waiting = [...payloads]
  for (let round = 1; waiting.length > 0; round += 1) {
    if (round > 20) throw new Error(`${waiting.length} events are never settled`)
    const again: string[] = []
    const queue = [...waiting]
    const work = async () => {
      for (let payload = queue.shift(); payload !== undefined; payload = queue.shift()) {
        const { kind } = await shop.process(payload)
        if (kind === 'retry') again.push(payload)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    waiting = again
  }
}

/** Brings the database back to where it was when checkouts had been started and no event had come. */
export async function forgetEvents(shop: Shop): Promise<void> {
  for (const table of derived) await sql`DELETE FROM ${sql.table(table)}`.execute(shop.database.db)
  const { db } = shop.database
  await sql`UPDATE reservations SET status = 'held', settled_at = NULL WHERE stripe_session_id IS NOT NULL`.execute(db)
  await sql`UPDATE products SET licenses_taken =
    (SELECT COUNT(*) FROM reservations WHERE product_id = products.id AND takes_license = 1 AND status = 'held')`.execute(db)
  await sql`UPDATE coupons SET taken = (SELECT COUNT(*) FROM reservations WHERE coupon_id = coupons.id AND status = 'held')`.execute(
    db,
  )
  await sql`UPDATE coupon_groups SET taken = (SELECT COUNT(*) FROM reservations WHERE coupon_id = coupon_groups.coupon_id
    AND group_key = coupon_groups.group_key AND status = 'held')`.execute(db)
}

/** What the events came to, with made-up license ids replaced by what they were issued for. */
export async function resultOf(shop: Shop) {
  const { db } = shop.database
  const rows = await db.selectFrom('licenses').selectAll().orderBy('issuance_key').execute()
  const nameOf = new Map(rows.map((row) => [row.license_id, row.issuance_key]))
  const named = (text: string) => text.replaceAll(/L-[0-9A-Z]{26}/g, (id) => nameOf.get(id) ?? id)
  const licenses = rows.map((row) => ({
    for: row.issuance_key,
    product: row.product_slug,
    kind: row.kind,
    plan: row.plan,
    seats: row.seats,
    from: row.issued_at,
    until: row.expires_at,
    maintainedUntil: row.maintenance_expires_at,
    revoked: row.revoked_reason,
    // Of the other reasons it is when we learned of them.
    revokedAt: row.revoked_reason === 'admin' || row.revoked_reason === 'canceled' ? row.revoked_at : null,
    supersededBy: row.superseded_by === null ? null : nameOf.get(row.superseded_by),
    disputed: row.disputed,
  }))
  const payments = await db.selectFrom('payments').selectAll().orderBy('payment_key').execute()
  const outbox = await db.selectFrom('outbox').select(['message_id', 'payload']).execute()
  const [products, reservations, events] = await Promise.all([
    db.selectFrom('products').select(['slug', 'licenses_taken']).orderBy('slug').execute(),
    db.selectFrom('reservations').select(['reservation_id', 'status']).orderBy('reservation_id').execute(),
    db
      .selectFrom('stripe_events')
      .select(['event_id', 'status', 'reason'])
      .where('status', 'in', ['parked', 'received'])
      .execute(),
  ])
  return {
    licenses,
    payments: payments.map((row) => ({
      key: row.payment_key,
      for: named(row.issuance_key),
      minor: row.amount_total_minor,
      refundedMinor: row.amount_refunded_minor,
      dispute: row.dispute_status,
    })),
    announcements: outbox.map((row) => `${named(row.message_id)} ${JSON.parse(row.payload.toString()).reason}`).sort(),
    subscriptions: await db
      .selectFrom('subscriptions')
      .select(['stripe_subscription_id', 'status', 'cancel_at', 'ended_at'])
      .orderBy('stripe_subscription_id')
      .execute(),
    taken: products,
    couponsTaken: {
      inAll: await db.selectFrom('coupons').select(['code', 'taken']).orderBy('id').execute(),
      byGroup: await db
        .selectFrom('coupon_groups')
        .select(['coupon_id', 'group_key', 'taken'])
        .where('taken', '>', 0)
        .orderBy('coupon_id')
        .orderBy('group_key')
        .execute(),
    },
    reservations,
    unsettled: events,
  }
}
export type Result = Awaited<ReturnType<typeof resultOf>>

/**
 * A license that is good is announced once, in whatever order it became so. One that is revoked in the end is announced only if it was good before: what
 * was known when it was made is a matter of order.
 */
export function whatCounts(result: Result): Result {
  const revoked = result.licenses.filter((license) => license.revoked !== null).map((license) => license.for)
  const isBought = (name: string) => revoked.some((one) => name.endsWith(`:${one} purchase`) || name.endsWith(`:${one} renewal`))
  return { ...result, announcements: result.announcements.filter((name) => !isBought(name)) }
}
