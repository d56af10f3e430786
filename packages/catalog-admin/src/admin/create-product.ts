import { checkProduct, newProduct, type ProductRequest, refuseFirst, repeatedCodes } from '@licenseoperator/catalog'
import { inTransaction, products, reading } from '@licenseoperator/db'
import type { Caller } from '@licenseoperator/domain'
import { type AdminProduct, readAdminProduct } from './admin-product.ts'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'
import { upsertCoupons } from './coupon-writes.ts'
import { askForGivenPrice, withGivenPrice } from './given-price.ts'
import { pushToStripe } from './push-to-stripe.ts'
import { takeSeat } from './seats.ts'
import { refusingTakenNames, slugTaken } from './taken-names.ts'
import { insertProduct, keepBundlesWhole, lockCatalog } from './write-product.ts'

/**
 * Adds a product to the catalog. What Stripe calls it is filled in when Stripe answers in time, else by the next catalog sync; it can be sold at
 * once either way. A price that it names is compared with Stripe's first.
 *
 * @throws DomainError `invalid_payload` naming the field; `slug_taken`; `seat_limit_exceeded`; `temporarily_unavailable` when a price is named and
 *   Stripe cannot be asked for it; those of `assertCatalogAdmin`
 */
export async function createProduct(deps: CatalogAdminDeps, caller: Caller, request: ProductRequest): Promise<AdminProduct> {
  assertCatalogAdmin(deps, caller)
  const asked = newProduct(request)
  checkProduct(asked, deps.productKeys)
  refuseFirst(repeatedCodes(request.coupons ?? []))
  // The transaction decides; asked here as well, because a copy of a product is first of all a copy, whatever its price at Stripe has become.
  if ((await reading(() => products.findBySlug(deps.db, asked.slug))) !== undefined) throw slugTaken()
  const fields = withGivenPrice(undefined, asked, await askForGivenPrice(deps.stripe, undefined, asked))
  const writer = { caller, now: deps.now(), productKeys: deps.productKeys }
  const id = await refusingTakenNames(() =>
    inTransaction(deps.db, async (tx) => {
      const onSale = await lockCatalog(tx)
      if (fields.active) await takeSeat(tx, deps.operatorLicense.seatLimit())
      const created = await insertProduct(tx, writer, fields)
      await keepBundlesWhole(tx, onSale, { before: undefined, after: fields })
      await upsertCoupons(tx, writer, { ...fields, id: created }, request.coupons ?? [])
      return created
    }),
  )
  await pushToStripe(deps, id)
  deps.catalogChanged()
  return readAdminProduct(deps.db, id)
}
