import { z } from 'zod'

/** The discount that a `stripe_promotion` coupon stands for; Stripe computes it, we only describe it. */
export const StripePromotion = z.object({
  percentOff: z.number().positive().max(100).optional(),
  amountOff: z.int().positive().optional(),
  currency: z.string().length(3).optional(),
  duration: z.enum(['forever', 'once', 'repeating']).optional(),
  durationInMonths: z.int().positive().optional(),
  maxRedemptions: z.int().positive().optional(),
  couponId: z.string().optional(),
  promotionId: z.string().optional(),
})
export type StripePromotion = z.infer<typeof StripePromotion>

/** A coupon of one product. `code` is kept as typed and matched without regard to case. */
export const Coupon = z.object({
  id: z.int().positive(),
  productId: z.int().positive(),
  code: z.string(),
  active: z.boolean(),
  behavior: z.enum(['product_override', 'stripe_promotion']),
  maxPerGroup: z.int().positive().optional(),
  maxTotal: z.int().positive().optional(),
  minManagedProducts: z.int().positive().optional(),
  maxManagedProducts: z.int().positive().optional(),
  metadata: z.record(z.string(), z.string()),
  stripePromotion: StripePromotion.optional(),
  createdAt: z.date(),
  updatedAt: z.date(),
  /** Raised by every change of it. */
  revision: z.int().nonnegative().default(0),
})
export type Coupon = z.infer<typeof Coupon>

export type CouponFields = Omit<Coupon, 'id' | 'createdAt' | 'updatedAt' | 'revision'>
