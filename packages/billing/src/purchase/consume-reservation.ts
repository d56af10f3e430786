import { isCapped } from '@licenseoperator/catalog'
import { coupons, reservations, type Tx } from '@licenseoperator/db'
import { groupKey, ReservationId } from '@licenseoperator/domain'
import type { IssuedReason, PreparedLicense } from '@licenseoperator/licensing'
import { type PurchaseMetadata, unserved } from '@licenseoperator/terms'

/**
 * What the checkout held is now sold. That is the first period's: a renewal holds nothing more, also when that one was discarded and its share given
 * back. A purchase from outside our checkout held nothing.
 *
 * @returns true when what was held is a license that counts towards the product's cap
 */
export async function consumeReservation(
  tx: Tx,
  { metadata, reason }: { readonly metadata: PurchaseMetadata; readonly reason: IssuedReason },
  main: PreparedLicense,
  now: Date,
): Promise<boolean> {
  const reservationId = metadata.reservation_id
  if (reservationId === undefined || reason !== 'purchase') return false
  const outcome = await reservations.consume(tx, reservationId, now)
  if (outcome === 'already') return false
  if (outcome === 'late' && !(await reservations.reclaim(tx, reservationId, now))) {
    throw unserved('the reservation had expired and its share has been sold to others')
  }
  if (outcome === 'unknown' && !(await consumeLost(tx, reservationId, metadata, main, now))) return false
  return (await reservations.find(tx, reservationId))?.takesLicense === true
}

/**
 * A checkout that was started after the backup which was restored: what it held is held again, or the cap would be sold twice.
 *
 * @returns false when the id is none of ours
 */
async function consumeLost(
  tx: Tx,
  reservationId: string,
  { coupon_code: code }: PurchaseMetadata,
  { license: { productId, kind, groupName } }: PreparedLicense,
  now: Date,
): Promise<boolean> {
  if (!ReservationId.safeParse(reservationId).success || productId === undefined) return false
  const coupon = code === undefined ? undefined : await coupons.findRedeemed(tx, productId, code)
  const lost = {
    reservationId,
    productId,
    takesLicense: kind !== 'manual' && isCapped(kind),
    couponId: coupon?.id,
    groupKey: groupKey(groupName),
    expiresAt: now,
  }
  if (!(await reservations.hold(tx, lost, now)))
    throw unserved('what its checkout held is in no backup and has been sold to others')
  return (await reservations.consume(tx, reservationId, now)) === 'consumed'
}
