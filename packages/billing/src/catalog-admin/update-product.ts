import { changedProduct, checkProduct, type ProductFields, type ProductRequest } from '@licenseoperator/catalog'
import { audit, inTransaction, products } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'
import { type AdminProduct, readAdminProduct } from './admin-product.ts'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'
import { checkComponents } from './check-components.ts'
import { upsertCoupons } from './coupon-writes.ts'
import { recordGivenPrice } from './given-price.ts'
import { pushToStripe } from './push-to-stripe.ts'
import { retirePromotionCode } from './retire-promotion-code.ts'
import { takeSeat } from './seats.ts'
import { refusingTakenNames } from './taken-names.ts'

/**
 * Changes a product; `changedProduct` says what an absent field means. Licenses that were sold stay as they are.
 *
 * @throws DomainError `not_found`; `invalid_payload` naming the field; `seat_limit_exceeded`; those of `assertCatalogAdmin`
 */
export async function updateProduct(
  deps: CatalogAdminDeps,
  caller: Caller,
  slug: string,
  request: ProductRequest,
): Promise<AdminProduct> {
  assertCatalogAdmin(deps, caller)
  const now = deps.now()
  const { id, outdated } = await refusingTakenNames(() =>
    inTransaction(deps.db, async (tx) => {
      const existing = await products.findBySlugForUpdate(tx, slug)
      if (existing === undefined) throw new DomainError('not_found', 'not found')
      const fields = changedProduct(existing, request)
      checkProduct(fields, deps.productKeys)
      if (fields.active && !existing.active) await takeSeat(tx, deps.operatorLicense.seatLimit())
      await checkComponents(tx, fields)
      await products.update(tx, existing.id, fields, now)
      await recordGivenPrice(tx, existing.id, fields, now)
      const outdated = await upsertCoupons(tx, { caller, now }, { ...fields, id: existing.id }, request.coupons ?? [])
      const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...before } = existing
      const subject = `product:${slug}`
      await audit.record(tx, {
        at: now,
        caller,
        action: 'product.updated',
        subject,
        before,
        after: fields satisfies ProductFields,
      })
      return { id: existing.id, outdated }
    }),
  )
  // Stripe takes one active promotion code of a spelling, so the old ones go before new ones are made.
  for (const coupon of outdated) await retirePromotionCode(deps, coupon)
  await pushToStripe(deps, id)
  deps.catalogChanged()
  return readAdminProduct(deps.db, id)
}
