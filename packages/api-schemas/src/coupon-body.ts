import type { Coupon } from '@licenseoperator/catalog'
import { rfc3339 } from '@licenseoperator/domain'
import { z } from 'zod'
import { InstantOut } from './fields.ts'

const StripePromotionBody = z
  .object({
    percentOff: z.number().optional(),
    amountOff: z.int().optional().meta({ description: 'Minor units' }),
    currency: z.string().optional(),
    duration: z.enum(['forever', 'once', 'repeating']).optional(),
    durationInMonths: z.int().optional(),
    maxRedemptions: z.int().optional(),
    couponId: z.string().optional(),
    promotionId: z.string().optional(),
  })
  .meta({ id: 'StripePromotion' })

const example = {
  id: 7,
  code: 'tier10',
  active: true,
  behavior: 'stripe_promotion',
  maxPerGroup: 1,
  stripePromotion: { percentOff: 25, duration: 'forever', couponId: '8sXjvpGx', promotionId: 'promo_1NqZ' },
  createdAt: '2026-03-01T09:30:00Z',
  updatedAt: '2026-03-01T09:30:00Z',
} as const

export const CouponBody = z
  .object({
    id: z.int().positive(),
    code: z.string(),
    active: z.boolean(),
    behavior: z.enum(['product_override', 'stripe_promotion']),
    maxPerGroup: z.int().optional(),
    maxTotal: z.int().optional(),
    minManagedProducts: z.int().optional(),
    maxManagedProducts: z.int().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    stripePromotion: StripePromotionBody.optional(),
    createdAt: InstantOut,
    updatedAt: InstantOut,
  })
  .meta({
    id: 'Coupon',
    examples: [example],
  })

export const CouponPage = z
  .object({ items: z.array(CouponBody), page: z.int(), pageSize: z.int(), total: z.int() })
  .meta({ id: 'CouponPage', examples: [{ items: [example], page: 1, pageSize: 20, total: 1 }] })

/** Unset limits are left out: a dashboard refuses a 0 that it sends back. */
export function couponBody(coupon: Coupon): z.infer<typeof CouponBody> {
  const { maxPerGroup, maxTotal, minManagedProducts, maxManagedProducts, metadata, stripePromotion } = coupon
  return {
    id: coupon.id,
    code: coupon.code,
    active: coupon.active,
    behavior: coupon.behavior,
    ...(maxPerGroup === undefined ? {} : { maxPerGroup }),
    ...(maxTotal === undefined ? {} : { maxTotal }),
    ...(minManagedProducts === undefined ? {} : { minManagedProducts }),
    ...(maxManagedProducts === undefined ? {} : { maxManagedProducts }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(stripePromotion === undefined ? {} : { stripePromotion }),
    createdAt: rfc3339(coupon.createdAt),
    updatedAt: rfc3339(coupon.updatedAt),
  }
}
