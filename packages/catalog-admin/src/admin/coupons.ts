import { type Coupon, type CouponRequest, fieldsOfCoupon, type Product } from '@licenseoperator/catalog'
import { audit, coupons, inTransaction, products, reading, type Tx } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'
import { changeCoupon, couponSubject, insertCoupon } from './coupon-writes.ts'
import { pushToStripe } from './push-to-stripe.ts'
import { retirePromotionCode } from './retire-promotion-code.ts'

/** One page of a product's coupons by id; `page` counts from 1. @throws DomainError `not_found` for an unknown product */
export async function listCoupons(
  deps: Pick<CatalogAdminDeps, 'db' | 'operatorLicense' | 'requiredScopes'>,
  caller: Caller,
  slug: string,
  query: { includeInactive: boolean; page: number; pageSize: number },
): Promise<{ items: Coupon[]; total: number }> {
  assertCatalogAdmin(deps, caller)
  const { includeInactive, page, pageSize } = query
  return reading(async () => {
    const product = await products.findBySlug(deps.db, slug)
    if (product === undefined) throw new DomainError('not_found', 'product not found')
    return coupons.listOf(deps.db, product.id, { includeInactive, limit: pageSize, offset: (page - 1) * pageSize })
  })
}

/** @throws DomainError `not_found` for an unknown product; `invalid_payload` naming the field; `coupon_taken` */
export async function createCoupon(
  deps: CatalogAdminDeps,
  caller: Caller,
  slug: string,
  request: CouponRequest,
): Promise<Coupon> {
  assertCatalogAdmin(deps, caller)
  const now = deps.now()
  const { productId, couponId } = await refusingTakenCode(() =>
    inTransaction(deps.db, async (tx) => {
      const product = await ownerOf(tx, slug)
      const id = await insertCoupon(tx, { caller, now }, product, request)
      return { productId: product.id, couponId: id }
    }),
  )
  await pushToStripe(deps, productId)
  deps.catalogChanged()
  return readCoupon(deps, productId, couponId)
}

/**
 * Changes a coupon; `changedCoupon` says what an absent field means.
 *
 * @throws DomainError `not_found`; `invalid_payload` naming the field; `coupon_taken`
 */
export async function updateCoupon(
  deps: CatalogAdminDeps,
  caller: Caller,
  slug: string,
  couponId: number,
  request: CouponRequest,
): Promise<Coupon> {
  assertCatalogAdmin(deps, caller)
  const now = deps.now()
  const { productId, outdated } = await refusingTakenCode(() =>
    inTransaction(deps.db, async (tx) => {
      const product = await ownerOf(tx, slug)
      const existing = await coupons.findForUpdate(tx, product.id, couponId)
      if (existing === undefined) throw new DomainError('not_found', 'not found')
      return { productId: product.id, outdated: await changeCoupon(tx, { caller, now }, product, existing, request) }
    }),
  )
  // Stripe takes one active promotion code of a spelling, so the old one goes before the new one is made.
  if (outdated !== undefined) await retirePromotionCode(deps, outdated)
  await pushToStripe(deps, productId)
  deps.catalogChanged()
  return readCoupon(deps, productId, couponId)
}

/** Licenses that were bought with it stay as they are, and its redemptions stay counted. @throws DomainError `not_found` */
export async function deleteCoupon(deps: CatalogAdminDeps, caller: Caller, slug: string, couponId: number): Promise<void> {
  assertCatalogAdmin(deps, caller)
  const now = deps.now()
  const deleted = await inTransaction(deps.db, async (tx) => {
    const product = await ownerOf(tx, slug)
    const existing = await coupons.findForUpdate(tx, product.id, couponId)
    if (existing === undefined) throw new DomainError('not_found', 'not found')
    await coupons.remove(tx, couponId, now)
    const was = fieldsOfCoupon(existing)
    await audit.record(tx, { at: now, caller, action: 'coupon.deleted', subject: couponSubject(slug, couponId), before: was })
    return existing
  })
  deps.catalogChanged()
  await retirePromotionCode(deps, deleted)
}

async function ownerOf(tx: Tx, slug: string): Promise<Product> {
  const product = await products.findBySlug(tx, slug)
  if (product === undefined) throw new DomainError('not_found', 'not found')
  return product
}

async function readCoupon({ db }: CatalogAdminDeps, productId: number, couponId: number): Promise<Coupon> {
  const coupon = await reading(() => coupons.find(db, productId, couponId))
  // Somebody deleted it in the meantime.
  if (coupon === undefined) throw new DomainError('not_found', 'not found')
  return coupon
}

async function refusingTakenCode<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (coupons.isCodeTaken(error)) throw new DomainError('coupon_taken', 'coupon code already exists', { field: 'code' })
    throw error
  }
}
