import type Stripe from 'stripe'
import { refundCharge } from '../billing/refund.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, noSuch, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Charge, Refund } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'

export const refundRoutes: RouteTable = {
  'POST /v1/refunds': handler<Stripe.RefundCreateParams>(({ emulation, params, cause }) => {
    refuseUnsupported(params, ['amount', 'charge', 'expand', 'metadata', 'payment_intent', 'reason'])
    return refundCharge(emulation, cause, chargeOf(emulation, params), {
      amount: params.amount,
      reason: params.reason ?? null,
      metadata: mergeMetadata({}, params.metadata),
    })
  }),
  'GET /v1/refunds': handler<Stripe.RefundListParams>(({ emulation, params }) => {
    const items = emulation.store.refunds
      .newestFirst()
      .filter((refund) => params.charge === undefined || refund.charge === params.charge)
      .filter((refund) => params.payment_intent === undefined || refund.payment_intent === params.payment_intent)
      .filter((refund) => inRange(refund.created, params.created))
    return listPage(items, params, '/v1/refunds')
  }),
  'GET /v1/refunds/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/refunds/{id}': handler<Stripe.RefundUpdateParams>(({ emulation, params, id, cause }) => {
    const refund = find(emulation, id)
    const before = { metadata: refund.metadata }
    refund.metadata = mergeMetadata(refund.metadata ?? {}, params.metadata)
    emit(emulation, cause, 'refund.updated', refund, before)
    return refund
  }),
  'POST /v1/refunds/{id}/cancel': ({ emulation, id }) => {
    // Only refunds that wait for the customer's bank details can be taken back, and cards need none.
    throw invalidRequest(`This refund is ${find(emulation, id).status} and cannot be canceled.`, 'id')
  },
}

function chargeOf(emulation: Emulation, params: Stripe.RefundCreateParams): Charge {
  if (params.charge === undefined && params.payment_intent === undefined)
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.')
  if (params.charge !== undefined) {
    const charge = emulation.store.charges.get(params.charge)
    if (charge === undefined) throw noSuchParameter('charge', params.charge, 'charge')
    return charge
  }
  const intent = emulation.store.paymentIntents.get(params.payment_intent ?? '')
  if (intent === undefined) throw noSuchParameter('payment_intent', params.payment_intent ?? '', 'payment_intent')
  const charge = emulation.store.charges.get(intent.latest_charge ?? '')
  if (charge === undefined)
    throw invalidRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, 'payment_intent')
  return charge
}

function find(emulation: Emulation, id: string): Refund {
  const refund = emulation.store.refunds.get(id)
  if (refund === undefined) throw noSuch('refund', id)
  return refund
}
