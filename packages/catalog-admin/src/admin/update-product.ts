import { changedProduct, type ProductRequest, refuseFirst, repeatedCodes } from '@licenseoperator/catalog'
import { inTransaction, products, reading } from '@licenseoperator/db'
import { type Caller, DomainError } from '@licenseoperator/domain'
import { type AdminProduct, readAdminProduct } from './admin-product.ts'
import { assertCatalogAdmin, type CatalogAdminDeps } from './catalog-admin.ts'
import { keepCouponsGood, upsertCoupons } from './coupon-writes.ts'
import { askForGivenPrice, type GivenPrice, withGivenPrice } from './given-price.ts'
import { pushToStripe } from './push-to-stripe.ts'
import { retirePromotionCode } from './retire-promotion-code.ts'
import { takeSeat } from './seats.ts'
import { refusingTakenNames } from './taken-names.ts'
import { changeProduct, keepBundlesWhole, lockCatalog } from './write-product.ts'

/**
 * Changes a product; `changedProduct` says what an absent field means. Licenses that were sold stay as they are. A price that it names anew is
 * compared with Stripe's first.
 *
 * @throws DomainError `not_found`; `invalid_payload` naming the field; `seat_limit_exceeded`; `temporarily_unavailable` when a price is named and
 *   Stripe cannot be asked for it; those of `assertCatalogAdmin`
 */
export async function updateProduct(
  deps: CatalogAdminDeps,
  caller: Caller,
  slug: string,
  request: ProductRequest,
): Promise<AdminProduct> {
  assertCatalogAdmin(deps, caller)
  refuseFirst(repeatedCodes(request.coupons ?? []))
  const price = await givenPrice(deps, slug, request)
  const writer = { caller, now: deps.now(), productKeys: deps.productKeys }
  const { id, outdated } = await refusingTakenNames(() =>
    inTransaction(deps.db, async (tx) => {
      const onSale = await lockCatalog(tx)
      const existing = await products.findBySlugForUpdate(tx, slug)
      if (existing === undefined) throw new DomainError('not_found', 'not found')
      const fields = withGivenPrice(existing, changedProduct(existing, request), price)
      if (fields.active && !existing.active) await takeSeat(tx, deps.operatorLicense.seatLimit())
      await changeProduct(tx, writer, existing, fields)
      await keepBundlesWhole(tx, onSale, { before: existing, after: fields })
      const outdated = await upsertCoupons(tx, writer, { ...fields, id: existing.id }, request.coupons ?? [])
      await keepCouponsGood(tx, existing, fields)
      return { id: existing.id, outdated }
    }),
  )
  // Stripe takes one active promotion code of a spelling, so the old ones go before new ones are made.
  for (const coupon of outdated) await retirePromotionCode(deps, coupon)
  await pushToStripe(deps, id)
  deps.catalogChanged()
  return readAdminProduct(deps.db, id)
}

/** Stripe is asked before the transaction; there the answer is compared with the product as it is by then. */
async function givenPrice(
  { db, stripe }: CatalogAdminDeps,
  slug: string,
  request: ProductRequest,
): Promise<GivenPrice | undefined> {
  if (request.stripePriceId === undefined && request.stripeProductId === undefined) return undefined
  const existing = await reading(() => products.findBySlug(db, slug))
  return existing === undefined ? undefined : askForGivenPrice(stripe, existing, changedProduct(existing, request))
}
