import type Stripe from 'stripe'
import type { Emulation } from '../core/emulation.ts'
import { mergeMetadata } from '../core/metadata.ts'
import type { Price, Wire } from '../core/wire.ts'

export type PriceCreate = Wire<Stripe.PriceCreateParams>

export function buildPrice(emulation: Emulation, params: PriceCreate, product: string): Price {
  const { recurring } = params
  const unitAmount =
    params.unit_amount ?? (/^\d+$/.test(params.unit_amount_decimal ?? '') ? Number(params.unit_amount_decimal) : null)
  const custom = params.custom_unit_amount
  return {
    id: emulation.ids.next('price_'),
    object: 'price',
    active: params.active ?? true,
    billing_scheme: params.billing_scheme ?? 'per_unit',
    created: emulation.clock.now(),
    currency: params.currency.toLowerCase(),
    custom_unit_amount:
      custom?.enabled === true
        ? { maximum: custom.maximum ?? null, minimum: custom.minimum ?? null, preset: custom.preset ?? null }
        : null,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product,
    recurring:
      recurring === undefined
        ? null
        : {
            interval: recurring.interval,
            interval_count: recurring.interval_count ?? 1,
            meter: recurring.meter ?? null,
            trial_period_days: null,
            usage_type: recurring.usage_type ?? 'licensed',
          },
    tax_behavior: params.tax_behavior ?? 'unspecified',
    tiers_mode: params.tiers_mode ?? null,
    transform_quantity: params.transform_quantity ?? null,
    type: recurring === undefined ? 'one_time' : 'recurring',
    unit_amount: unitAmount,
    unit_amount_decimal: params.unit_amount_decimal ?? (params.unit_amount === undefined ? null : String(params.unit_amount)),
  }
}
