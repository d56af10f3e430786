import { z } from 'zod'
import { Currency, limit, MAX_AMOUNT_MINOR, MAX_COUNT, MAX_SEATS, Metadata, oneOf, StripeId } from './request-fields.ts'

const StripePromotionRequest = z
  .object({
    percentOff: z
      .number()
      .min(0.01)
      .max(100)
      .refine((percent) => Number(percent.toFixed(4)) === percent, 'must have at most four decimals')
      .optional(),
    amountOff: z.int().positive().max(MAX_AMOUNT_MINOR).optional().meta({ description: 'Minor units' }),
    currency: Currency.optional().meta({ description: 'Required with amountOff; the currency of the product' }),
    duration: oneOf(['forever', 'once', 'repeating']).optional(),
    durationInMonths: z.int().positive().max(120).optional().meta({ description: 'Required with duration repeating' }),
    maxRedemptions: z.int().positive().max(MAX_COUNT).optional(),
    couponId: StripeId.meta({ description: 'Stripe id; filled in when absent' }),
    promotionId: StripeId.meta({ description: 'Stripe id; filled in when absent' }),
  })
  .meta({ id: 'StripePromotionRequest' })

/** What an administrator sends of a coupon. Rules between fields: `couponProblems`. */
export const CouponRequest = z
  .object({
    code: z
      .string()
      .trim()
      .regex(/^\S{1,64}$/, 'must be 1 to 64 characters without white space')
      .refine((code) => code.isWellFormed() && !/\p{Cc}/u.test(code), 'must not contain control characters')
      .refine((code) => code.toLowerCase().length <= 64, 'must have at most 64 characters in lower-case form')
      .optional()
      .meta({ description: 'Required on creation; matched without regard to case' }),
    active: z.boolean().optional(),
    behavior: oneOf(['product_override', 'stripe_promotion']).optional(),
    maxPerGroup: limit(MAX_COUNT),
    maxTotal: limit(MAX_COUNT),
    minManagedProducts: z.int().positive().max(MAX_SEATS).optional(),
    maxManagedProducts: z.int().positive().max(MAX_SEATS).optional(),
    metadata: Metadata.optional(),
    stripePromotion: StripePromotionRequest.optional(),
  })
  .meta({
    id: 'CouponRequest',
    examples: [
      {
        code: 'welcome',
        behavior: 'stripe_promotion',
        maxPerGroup: 1,
        stripePromotion: { percentOff: 25, duration: 'forever' },
      },
    ],
  })
export type CouponRequest = z.infer<typeof CouponRequest>
