import type { PricingTier } from '@licenseoperator/catalog'
import { z } from 'zod'

export const PricingTierBody = z
  .object({
    upperBound: z.int().optional().meta({ description: 'Inclusive; absent on the open-ended tier' }),
    amount: z.int().optional().meta({ description: 'Total for the tier in minor units' }),
    factor: z.number().optional().meta({ description: 'Multiplier of the base amount' }),
    perUnit: z.boolean().optional(),
  })
  .meta({ id: 'PricingTier' })

/** Unset parts are left out: a dashboard prices a tier with `factor: 0` at nothing. */
export function pricingTierBody(tier: PricingTier): z.infer<typeof PricingTierBody> {
  return {
    ...(tier.upperBound === undefined ? {} : { upperBound: tier.upperBound }),
    ...(tier.amount === undefined ? {} : { amount: tier.amount }),
    ...(tier.factor === undefined ? {} : { factor: tier.factor }),
    ...(tier.perUnit === true ? { perUnit: true } : {}),
  }
}
