import { checkProduct, newProduct, type ProductFields, type ProductRequest } from '@licenseoperator/catalog'
import { audit, inTransaction, products } from '@licenseoperator/db'
import type { Caller } from '@licenseoperator/domain'
import { type AdminProduct, readAdminProduct } from './admin-product.ts'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'
import { checkComponents } from './check-components.ts'
import { upsertCoupons } from './coupon-writes.ts'
import { recordGivenPrice } from './given-price.ts'
import { pushToStripe } from './push-to-stripe.ts'
import { takeSeat } from './seats.ts'
import { refusingTakenNames } from './taken-names.ts'

/**
 * Adds a product to the catalog. What Stripe calls it is filled in when Stripe answers in time, else by the next catalog sync; it can be sold at
 * once either way.
 *
 * @throws DomainError `invalid_payload` naming the field; `slug_taken`; `seat_limit_exceeded`; those of `assertCatalogAdmin`
 */
export async function createProduct(deps: CatalogAdminDeps, caller: Caller, request: ProductRequest): Promise<AdminProduct> {
  assertCatalogAdmin(deps, caller)
  const fields: ProductFields = newProduct(request)
  checkProduct(fields, deps.productKeys)
  const now = deps.now()
  const id = await refusingTakenNames(() =>
    inTransaction(deps.db, async (tx) => {
      if (fields.active) await takeSeat(tx, deps.operatorLicense.seatLimit())
      await checkComponents(tx, fields)
      const created = await products.insert(tx, fields, now)
      await recordGivenPrice(tx, created, fields, now)
      await upsertCoupons(tx, { caller, now }, { ...fields, id: created }, request.coupons ?? [])
      await audit.record(tx, { at: now, caller, action: 'product.created', subject: `product:${fields.slug}`, after: fields })
      return created
    }),
  )
  await pushToStripe(deps, id)
  deps.catalogChanged()
  return readAdminProduct(deps.db, id)
}
