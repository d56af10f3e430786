import type Stripe from 'stripe'
import { closeDispute, reviewDispute } from '../billing/dispute.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Dispute } from '../core/wire.ts'

export const disputeRoutes: RouteTable = {
  'GET /v1/disputes': handler<Stripe.DisputeListParams>(({ emulation, params }) => {
    const items = emulation.store.disputes
      .newestFirst()
      .filter((dispute) => params.charge === undefined || dispute.charge === params.charge)
      .filter((dispute) => params.payment_intent === undefined || dispute.payment_intent === params.payment_intent)
      .filter((dispute) => inRange(dispute.created, params.created))
    return listPage(items, params, '/v1/disputes')
  }),
  'GET /v1/disputes/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/disputes/{id}': handler<Stripe.DisputeUpdateParams>(({ emulation, params, id }) => {
    refuseUnsupported(params, ['evidence', 'expand', 'metadata', 'submit'])
    const dispute = find(emulation, id)
    dispute.metadata = mergeMetadata(dispute.metadata, params.metadata)
    const { product_description: description } = params.evidence ?? {}
    if (description !== undefined) dispute.evidence.product_description = description
    if (params.evidence !== undefined && params.submit !== false) reviewDispute(emulation, dispute)
    return dispute
  }),
  // Giving up.
  'POST /v1/disputes/{id}/close': ({ emulation, id }) => closeDispute(emulation, find(emulation, id), 'lost'),
}

function find(emulation: Emulation, id: string): Dispute {
  const dispute = emulation.store.disputes.get(id)
  if (dispute === undefined) throw noSuch('dispute', id)
  return dispute
}
