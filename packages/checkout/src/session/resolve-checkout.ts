import type { Coupon, Product } from '@licenseoperator/catalog'
import { coupons, type Db, products } from '@licenseoperator/db'
import { DomainError } from '@licenseoperator/domain'

export interface ResolvedCheckout {
  /** What is sold: its price, seats, caps and term apply. */
  readonly product: Product
  readonly coupon: Coupon | undefined
}

/**
 * Finds what a checkout request means.
 *
 * The product is named by lookup key, Stripe price id or slug; without one it is the coupon's, and without either the default subscription.
 * A `product_override` coupon sells a one-off product instead: its own when that is one, else the default one-off product. A
 * `stripe_promotion` coupon must belong to the product itself.
 *
 * @throws DomainError `invalid_payload` for an unknown or inactive product or coupon
 */
export async function resolveCheckout(
  db: Db,
  defaults: { subscriptionSlug: string | undefined; oneOffSlug: string | undefined },
  request: { lookupKey: string | undefined; couponCode: string | undefined },
): Promise<ResolvedCheckout> {
  const candidates =
    request.couponCode === undefined ? [] : (await coupons.findByCode(db, request.couponCode)).filter((coupon) => coupon.active)
  const named =
    request.lookupKey === undefined ? undefined : await sellable(products.findByReference(db, request.lookupKey), 'lookupKey')
  if (request.couponCode === undefined)
    return { product: named ?? (await bySlug(db, defaults.subscriptionSlug, 'lookupKey')), coupon: undefined }

  const coupon = candidates.find((candidate) => candidate.productId === named?.id) ?? (await firstOnActiveProduct(db, candidates))
  if (coupon === undefined) throw invalid('couponCode', 'is not a valid coupon')
  const owner = await sellable(products.findById(db, coupon.productId), 'couponCode')
  if (coupon.behavior === 'stripe_promotion') {
    const product = named ?? owner
    if (coupon.productId !== product.id) throw invalid('couponCode', 'does not belong to this product')
    return { product, coupon }
  }
  return { product: owner.type === 'one_off' ? owner : await bySlug(db, defaults.oneOffSlug, 'couponCode'), coupon }
}

async function firstOnActiveProduct(db: Db, candidates: readonly Coupon[]): Promise<Coupon | undefined> {
  for (const coupon of candidates) if ((await products.findById(db, coupon.productId))?.active === true) return coupon
  return undefined
}

async function bySlug(db: Db, slug: string | undefined, field: string): Promise<Product> {
  if (slug === undefined) throw invalid(field, 'is required')
  return sellable(products.findBySlug(db, slug), field)
}

async function sellable(found: Promise<Product | undefined>, field: string): Promise<Product> {
  const product = await found
  if (product === undefined || !product.active || product.internal) throw invalid(field, 'names no product that is sold')
  return product
}

function invalid(field: string, reason: string): DomainError {
  return new DomainError('invalid_payload', `invalid request: ${field} ${reason}`, { field })
}
