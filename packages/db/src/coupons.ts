import { Coupon, type CouponFields, type StripePromotion } from '@licenseoperator/catalog'
import type { Selectable } from 'kysely'
import { couponColumns } from './columns.ts'
import { duplicateKeyOf } from './mysql-error.ts'
import { presentOnly } from './present-only.ts'
import type { CouponsTable, Reader, Tx } from './schema.ts'

/** One spelling per code: coupons are matched without regard to case. */
function codeKey(code: string): string {
  return code.trim().toLowerCase()
}

/** Live coupons with that code, whatever product they belong to and whether or not they are active; oldest first. */
export async function findByCode(db: Reader, code: string): Promise<Coupon[]> {
  const rows = await db
    .selectFrom('coupons')
    .select(couponColumns)
    .where('code_key', '=', codeKey(code))
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(100)
    .execute()
  return rows.map(toCoupon)
}

export async function listActiveOf(db: Reader, productIds: readonly number[]): Promise<Coupon[]> {
  if (productIds.length === 0) return []
  const rows = await db
    .selectFrom('coupons')
    .select(couponColumns)
    .where('product_id', 'in', productIds)
    .where('active', '=', 1)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(toCoupon)
}

/** One page of a product's coupons by id. */
export async function listOf(
  db: Reader,
  productId: number,
  query: { includeInactive: boolean; limit: number; offset: number },
): Promise<{ items: Coupon[]; total: number }> {
  let matching = db.selectFrom('coupons').where('product_id', '=', productId).where('deleted_at', 'is', null)
  if (!query.includeInactive) matching = matching.where('active', '=', 1)
  const [rows, { total }] = await Promise.all([
    matching.select(couponColumns).orderBy('id').limit(query.limit).offset(query.offset).execute(),
    matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ])
  return { items: rows.map(toCoupon), total: Number(total) }
}

/** Every live coupon of these products, by id. */
export async function listAllOf(db: Reader, productIds: readonly number[]): Promise<Coupon[]> {
  if (productIds.length === 0) return []
  const rows = await db
    .selectFrom('coupons')
    .select(couponColumns)
    .where('product_id', 'in', productIds)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
  return rows.map(toCoupon)
}

/** The live coupon with that id, if it is the product's. */
export async function find(db: Reader, productId: number, id: number): Promise<Coupon | undefined> {
  const row = await db
    .selectFrom('coupons')
    .select(couponColumns)
    .where('id', '=', id)
    .where('product_id', '=', productId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row && toCoupon(row)
}

/** As `find`, and keeps others from changing it until the transaction ends. */
export async function findForUpdate(tx: Tx, productId: number, id: number): Promise<Coupon | undefined> {
  const row = await tx
    .selectFrom('coupons')
    .select(couponColumns)
    .where('id', '=', id)
    .where('product_id', '=', productId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row && toCoupon(row)
}

/** The product's live coupon with that code, in whatever case. */
export async function findByProductAndCode(db: Reader, productId: number, code: string): Promise<Coupon | undefined> {
  const row = await db
    .selectFrom('coupons')
    .select(couponColumns)
    .where('product_id', '=', productId)
    .where('live_code_key', '=', codeKey(code))
    .executeTakeFirst()
  return row && toCoupon(row)
}

/** The live coupon under whose code a product was sold: its own, or one of another product whose place it took. */
export async function findRedeemed(db: Reader, productId: number, code: string): Promise<Coupon | undefined> {
  const named = await findByCode(db, code)
  return named.find((coupon) => coupon.productId === productId) ?? (named.length === 1 ? named[0] : undefined)
}

/** True when the write failed because the product has a live coupon with that code. */
export function isCodeTaken(error: unknown): boolean {
  return duplicateKeyOf(error) === 'coupons_by_product_and_live_code'
}

/** Takes the coupon out of use; its redemption counts stay for the audit. */
export async function remove(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.updateTable('coupons').set({ active: false, deleted_at: now, updated_at: now }).where('id', '=', id).execute()
}

/** @returns the new coupon's id @throws see `isCodeTaken` */
export async function insert(tx: Tx, fields: CouponFields, now: Date): Promise<number> {
  const { insertId } = await tx
    .insertInto('coupons')
    .values({ ...toRow(fields), created_at: now, updated_at: now })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

export async function update(tx: Tx, id: number, fields: CouponFields, now: Date): Promise<void> {
  await tx
    .updateTable('coupons')
    .set((eb) => ({ ...toRow(fields), updated_at: now, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/**
 * Remembers the promotion code and coupon that stand for it at Stripe.
 *
 * @param revision  of the coupon that they were found for; given, nothing is written when it was changed or deleted since
 * @returns whether it was written
 */
export async function setStripePromotion(tx: Tx, id: number, promotion: StripePromotion, revision?: number): Promise<boolean> {
  const row = await tx
    .selectFrom('coupons')
    .select(['revision', 'deleted_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return false
  if (revision !== undefined && (row.revision !== revision || row.deleted_at !== null)) return false
  await tx
    .updateTable('coupons')
    .set({ stripe_promotion: JSON.stringify(promotion) })
    .where('id', '=', id)
    .execute()
  return true
}

/** Takes one redemption of the coupon's quota for a group; false when the total or the group's share is used up. Live reservations count. */
export async function take(tx: Tx, id: number, groupKey: string): Promise<boolean> {
  const total = await tx
    .updateTable('coupons')
    .set((eb) => ({ taken: eb('taken', '+', 1) }))
    .where('id', '=', id)
    .where((eb) => eb.or([eb('max_total', 'is', null), eb('taken', '<', eb.ref('max_total'))]))
    .executeTakeFirstOrThrow()
  if (total.numUpdatedRows !== 1n) return false
  // The coupon's row is locked by now, so the group's counter is made and raised by one transaction at a time.
  await tx
    .insertInto('coupon_groups')
    .values({ coupon_id: id, group_key: groupKey, taken: 0 })
    .onDuplicateKeyUpdate({ coupon_id: id })
    .execute()
  const perGroup = await tx
    .updateTable('coupon_groups')
    .set((eb) => ({ taken: eb('taken', '+', 1) }))
    .where('coupon_id', '=', id)
    .where('group_key', '=', groupKey)
    .where((eb) => {
      const limit = eb.selectFrom('coupons').select('max_per_group').where('id', '=', id)
      return eb.or([eb(limit, 'is', null), eb('taken', '<', limit)])
    })
    .executeTakeFirstOrThrow()
  return perGroup.numUpdatedRows === 1n
}

/** Gives one redemption back: its reservation was released. */
export async function giveBack(tx: Tx, id: number, groupKey: string): Promise<void> {
  await tx
    .updateTable('coupons')
    .set((eb) => ({ taken: eb('taken', '-', 1) }))
    .where('id', '=', id)
    .where('taken', '>', 0)
    .execute()
  await tx
    .updateTable('coupon_groups')
    .set((eb) => ({ taken: eb('taken', '-', 1) }))
    .where('coupon_id', '=', id)
    .where('group_key', '=', groupKey)
    .where('taken', '>', 0)
    .execute()
}

function toCoupon(row: Selectable<CouponsTable>): Coupon {
  return Coupon.parse(
    presentOnly({
      id: row.id,
      productId: row.product_id,
      code: row.code,
      active: row.active === 1,
      behavior: row.behavior,
      maxPerGroup: row.max_per_group,
      maxTotal: row.max_total,
      minManagedProducts: row.min_managed_products,
      maxManagedProducts: row.max_managed_products,
      metadata: row.metadata,
      stripePromotion: row.stripe_promotion,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      revision: row.revision,
    }),
  )
}

function toRow(fields: CouponFields) {
  return {
    product_id: fields.productId,
    code: fields.code,
    code_key: codeKey(fields.code),
    active: fields.active,
    behavior: fields.behavior,
    max_per_group: fields.maxPerGroup ?? null,
    max_total: fields.maxTotal ?? null,
    min_managed_products: fields.minManagedProducts ?? null,
    max_managed_products: fields.maxManagedProducts ?? null,
    metadata: JSON.stringify(fields.metadata),
    stripe_promotion: fields.stripePromotion === undefined ? null : JSON.stringify(fields.stripePromotion),
  }
}
