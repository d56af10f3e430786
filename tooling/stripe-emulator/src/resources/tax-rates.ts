import type Stripe from 'stripe'
import { addTaxRate } from '../billing/tax.ts'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { TaxRate } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

const descriptive = [
  'active',
  'country',
  'description',
  'display_name',
  'expand',
  'jurisdiction',
  'metadata',
  'state',
  'tax_type',
]

export const taxRateRoutes: RouteTable = {
  'POST /v1/tax_rates': handler<Stripe.TaxRateCreateParams>(({ emulation, params, cause }) => {
    refuseUnsupported(params, [...descriptive, 'inclusive', 'percentage'])
    const { expand: _, metadata, ...terms } = params
    const rate = addTaxRate(emulation, { ...terms, active: params.active ?? true, metadata: mergeMetadata({}, metadata) })
    emit(emulation, cause, 'tax_rate.created', rate)
    return rate
  }),
  'GET /v1/tax_rates': handler<Stripe.TaxRateListParams>(({ emulation, params }) => {
    const items = emulation.store.taxRates
      .newestFirst()
      .filter((rate) => params.active === undefined || rate.active === params.active)
      .filter((rate) => params.inclusive === undefined || rate.inclusive === params.inclusive)
      .filter((rate) => inRange(rate.created, params.created))
    return listPage(items, params, '/v1/tax_rates')
  }),
  'GET /v1/tax_rates/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/tax_rates/{id}': handler<Stripe.TaxRateUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, descriptive)
    const rate = find(emulation, id)
    const before = structuredClone(rate)
    const { expand: _, metadata, ...terms } = params
    Object.assign(rate, terms, { metadata: mergeMetadata(rate.metadata ?? {}, metadata) })
    emit(emulation, cause, 'tax_rate.updated', rate, changedFields(before, rate))
    return rate
  }),
}

function find(emulation: Emulation, id: string): TaxRate {
  const rate = emulation.store.taxRates.get(id)
  if (rate === undefined) throw noSuch('tax rate', id)
  return rate
}
