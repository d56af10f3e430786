import type { Coupon } from '@licenseoperator/catalog'
import type { CatalogAdminDeps } from './catalog-admin.ts'

/** Nobody can redeem the coupon through us any more; this closes Stripe's side. Stripe being away fails nothing. */
export async function retirePromotionCode({ stripe, log }: CatalogAdminDeps, coupon: Coupon): Promise<void> {
  const promotionId = coupon.stripePromotion?.promotionId
  if (promotionId === undefined) return
  try {
    await stripe.promotionCodes.update(promotionId, { active: false }, { timeout: 3000, maxNetworkRetries: 0 })
  } catch (error) {
    log.warn('promotion code of a coupon that is gone is still active at Stripe', {
      couponId: coupon.id,
      promotionId,
      reason: error instanceof Error ? error.name : 'unknown',
    })
  }
}
