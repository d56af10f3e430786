import { setTimeout as sleep } from 'node:timers/promises'
import { coupons, products, reading } from '@licenseoperator/db'
import { syncProduct } from '../sync/sync-products.ts'
import type { CatalogAdminDeps } from './catalog-admin.ts'

/** An administrator's client gives up after 10 s; whatever takes longer than this is left to the running push or the next sync. */
const PATIENCE_MS = 4000

/**
 * Makes what a changed product lacks at Stripe: product, price, promotion codes. Stripe being away fails nothing: the change is stored, a checkout
 * sends the amount itself, and the next catalog sync makes up for it. A product that names its Stripe objects is left alone.
 */
export async function pushToStripe(deps: CatalogAdminDeps, productId: number): Promise<void> {
  const pushed = push(deps, productId).catch((error: unknown) => {
    deps.log.warn('product is not in step with Stripe yet, the next sync will see to it', {
      productId,
      reason: error instanceof Error ? error.name : 'unknown',
    })
  })
  const patience = new AbortController()
  await Promise.race([pushed, sleep(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined)])
  patience.abort()
}

async function push({ db, stripe, now }: CatalogAdminDeps, productId: number): Promise<void> {
  const product = await reading(() => products.findById(db, productId))
  if (product?.active !== true) return
  const couponsOfProduct = await reading(() => coupons.listActiveOf(db, [productId]))
  const unpromoted = couponsOfProduct.some(
    (coupon) => coupon.behavior === 'stripe_promotion' && coupon.stripePromotion?.promotionId === undefined,
  )
  const complete = product.stripeProductId !== undefined && product.stripePriceId !== undefined
  if (!complete || unpromoted) await syncProduct({ db, stripe, now }, product)
}
