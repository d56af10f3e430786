import type { Selectable } from 'kysely'
import { reservationColumns } from './columns.ts'
import * as coupons from './coupons.ts'
import { isAscii } from './is-ascii.ts'
import * as products from './products.ts'
import type { Reader, ReservationsTable, Tx } from './schema.ts'

/** What a checkout holds until its session is paid or expires: one of the product's licenses, one of the coupon's redemptions, or neither. */
export interface Reservation {
  readonly reservationId: string
  readonly productId: number
  /** True where it counts towards the product's cap. */
  readonly takesLicense: boolean
  readonly couponId: number | undefined
  readonly groupKey: string
  readonly status: 'held' | 'consumed' | 'released'
  readonly stripeSessionId: string | undefined
  readonly expiresAt: Date
  readonly createdAt: Date
  /** Equal for equal orders of one caller. */
  readonly orderKey: string | undefined
  /** A digest of who asked. */
  readonly identityKey: string | undefined
}

export type NewReservation = Omit<Reservation, 'status' | 'stripeSessionId' | 'createdAt' | 'orderKey' | 'identityKey'> &
  Partial<Pick<Reservation, 'orderKey' | 'identityKey'>>

/** What an order takes that can run out: a license of a product with a cap, a redemption of a coupon with a quota, or both. */
export interface Scarce {
  /** Set where the product has a cap. */
  readonly productId: number | undefined
  /** Set where the coupon has a quota. */
  readonly couponId: number | undefined
}

/** Takes what the reservation asks for and records it; false when the product's cap or the coupon's quota is reached (the caller rolls back). */
export async function hold(tx: Tx, reservation: NewReservation, now: Date): Promise<boolean> {
  if (reservation.takesLicense && !(await products.takeLicense(tx, reservation.productId))) return false
  if (reservation.couponId !== undefined && !(await coupons.take(tx, reservation.couponId, reservation.groupKey))) return false
  await tx
    .insertInto('reservations')
    .values({
      reservation_id: reservation.reservationId,
      product_id: reservation.productId,
      takes_license: reservation.takesLicense,
      coupon_id: reservation.couponId ?? null,
      group_key: reservation.groupKey,
      status: 'held',
      stripe_session_id: null,
      expires_at: reservation.expiresAt,
      created_at: now,
      settled_at: null,
      order_key: reservation.orderKey ?? null,
      identity_key: reservation.identityKey ?? null,
      session_completed_at: null,
    })
    .execute()
  return true
}

/**
 * What a group, or whoever asks, holds of something scarce without having been through its session yet, oldest first. Few: that is what the bound is for.
 *
 * @param holder  one of the two
 */
export async function listOpen(
  db: Reader,
  holder: { readonly groupKey: string } | { readonly identityKey: string },
  { productId, couponId }: Scarce,
): Promise<Reservation[]> {
  if (productId === undefined && couponId === undefined) return []
  const held = db
    .selectFrom('reservations')
    .select(reservationColumns)
    .where('status', '=', 'held')
    .where('session_completed_at', 'is', null)
  const rows = await ('groupKey' in holder
    ? held.where('group_key', '=', holder.groupKey)
    : held.where('identity_key', '=', holder.identityKey)
  )
    .where((eb) =>
      eb.or([
        ...(productId === undefined ? [] : [eb.and([eb('product_id', '=', productId), eb('takes_license', '=', 1)])]),
        ...(couponId === undefined ? [] : [eb('coupon_id', '=', couponId)]),
      ]),
    )
    .orderBy('created_at')
    .orderBy('reservation_id')
    .execute()
  return rows.map(toReservation)
}

/** What a group holds for the very same order without having been through its session yet, newest first. */
export async function listSameOrder(db: Reader, groupKey: string, orderKey: string): Promise<Reservation[]> {
  const rows = await db
    .selectFrom('reservations')
    .select(reservationColumns)
    .where('status', '=', 'held')
    .where('session_completed_at', 'is', null)
    .where('group_key', '=', groupKey)
    .where('order_key', '=', orderKey)
    .orderBy('created_at', 'desc')
    .orderBy('reservation_id')
    .execute()
  return rows.map(toReservation)
}

/** Notes that a session was gone through: what it holds waits for its webhook, and is open no more. */
export async function noteCompleted(tx: Tx, reservationId: string, now: Date): Promise<void> {
  await tx.updateTable('reservations').set({ session_completed_at: now }).where('reservation_id', '=', reservationId).execute()
}

/** Ties the reservation to the Stripe session that was made for it. */
export async function attachSession(tx: Tx, reservationId: string, stripeSessionId: string, expiresAt: Date): Promise<void> {
  await tx
    .updateTable('reservations')
    .set({ stripe_session_id: stripeSessionId, expires_at: expiresAt })
    .where('reservation_id', '=', reservationId)
    .execute()
}

/**
 * The purchase went through: what was held is now sold.
 *
 * @returns `consumed` now, `already` before, `late` when the hold was gone by the time the money came, `unknown` for a foreign id
 */
export async function consume(tx: Tx, reservationId: string, now: Date): Promise<'consumed' | 'already' | 'late' | 'unknown'> {
  const isConsumed = await changeStatus(tx, reservationId, 'held', 'consumed', now)
  if (isConsumed) return 'consumed'
  const reservation = await find(tx, reservationId)
  if (reservation === undefined) return 'unknown'
  return reservation.status === 'consumed' ? 'already' : 'late'
}

/**
 * A released reservation whose session was paid after all takes its share again.
 *
 * @returns false when the product's cap or the coupon's quota has been reached by others meanwhile (the caller parks the event)
 */
export async function reclaim(tx: Tx, reservationId: string, now: Date): Promise<boolean> {
  if (!(await changeStatus(tx, reservationId, 'released', 'consumed', now))) return false
  const reservation = await find(tx, reservationId)
  if (reservation === undefined) return false
  if (reservation.takesLicense && !(await products.takeLicense(tx, reservation.productId))) return false
  return reservation.couponId === undefined || coupons.take(tx, reservation.couponId, reservation.groupKey)
}

/** Moves the time at which the sweeper looks at a held reservation. */
export async function askAgainAt(tx: Tx, reservationId: string, at: Date): Promise<void> {
  await tx
    .updateTable('reservations')
    .set({ expires_at: at })
    .where('reservation_id', '=', reservationId)
    .where('status', '=', 'held')
    .execute()
}

/** Gives back what was held; false when the reservation was not held any more (then nothing happened). */
export async function release(tx: Tx, reservationId: string, now: Date): Promise<boolean> {
  if (!(await changeStatus(tx, reservationId, 'held', 'released', now))) return false
  const reservation = await find(tx, reservationId)
  if (reservation?.takesLicense === true) await products.giveBackLicense(tx, reservation.productId)
  if (reservation?.couponId !== undefined) await coupons.giveBack(tx, reservation.couponId, reservation.groupKey)
  return true
}

export async function find(db: Reader, reservationId: string): Promise<Reservation | undefined> {
  if (!isAscii(reservationId)) return undefined
  const row = await db
    .selectFrom('reservations')
    .select(reservationColumns)
    .where('reservation_id', '=', reservationId)
    .executeTakeFirst()
  return row && toReservation(row)
}

/** What the checkout of a Stripe session holds or held. */
export async function findBySession(db: Reader, stripeSessionId: string): Promise<Reservation | undefined> {
  if (!isAscii(stripeSessionId)) return undefined
  const row = await db
    .selectFrom('reservations')
    .select(reservationColumns)
    .where('stripe_session_id', '=', stripeSessionId)
    .executeTakeFirst()
  return row && toReservation(row)
}

/** Held reservations whose time is over, oldest first. */
export async function listOverdue(db: Reader, now: Date, limit: number): Promise<Reservation[]> {
  const rows = await db
    .selectFrom('reservations')
    .select(reservationColumns)
    .where('status', '=', 'held')
    .where('expires_at', '<', now)
    .orderBy('expires_at')
    .limit(limit)
    .execute()
  return rows.map(toReservation)
}

/** One conditional UPDATE decides what becomes of a reservation. */
async function changeStatus(
  tx: Tx,
  reservationId: string,
  from: Reservation['status'],
  to: Reservation['status'],
  now: Date,
): Promise<boolean> {
  // From metadata, which can be edited at Stripe.
  if (!isAscii(reservationId)) return false
  const { numUpdatedRows } = await tx
    .updateTable('reservations')
    .set({ status: to, settled_at: now })
    .where('reservation_id', '=', reservationId)
    .where('status', '=', from)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

function toReservation(row: Selectable<ReservationsTable>): Reservation {
  return {
    reservationId: row.reservation_id,
    productId: row.product_id,
    takesLicense: row.takes_license === 1,
    couponId: row.coupon_id ?? undefined,
    groupKey: row.group_key,
    status: row.status,
    stripeSessionId: row.stripe_session_id ?? undefined,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    orderKey: row.order_key ?? undefined,
    identityKey: row.identity_key ?? undefined,
  }
}
