import type Stripe from 'stripe'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Charge } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

export const chargeRoutes: RouteTable = {
  'GET /v1/charges': handler<Stripe.ChargeListParams>(({ emulation, params }) => {
    const items = emulation.store.charges
      .newestFirst()
      .filter((charge) => params.customer === undefined || charge.customer === params.customer)
      .filter((charge) => params.payment_intent === undefined || charge.payment_intent === params.payment_intent)
      .filter((charge) => params.transfer_group === undefined || charge.transfer_group === params.transfer_group)
      .filter((charge) => inRange(charge.created, params.created))
    return listPage(items, params, '/v1/charges')
  }),
  'GET /v1/charges/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/charges/{id}': handler<Stripe.ChargeUpdateParams>(({ emulation, params, id, cause }) => {
    refuseUnsupported(params, ['description', 'expand', 'metadata', 'receipt_email'])
    const charge = find(emulation, id)
    const before = structuredClone(charge)
    if (params.description !== undefined) charge.description = params.description
    if (params.receipt_email !== undefined) charge.receipt_email = params.receipt_email
    charge.metadata = mergeMetadata(charge.metadata, params.metadata)
    emit(emulation, cause, 'charge.updated', charge, changedFields(before, charge))
    return charge
  }),
}

function find(emulation: Emulation, id: string): Charge {
  const charge = emulation.store.charges.get(id)
  if (charge === undefined) throw noSuch('charge', id)
  return charge
}
