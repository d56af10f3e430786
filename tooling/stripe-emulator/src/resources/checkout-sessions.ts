import type Stripe from 'stripe'
import { createSession } from '../checkout/create-session.ts'
import { expireSession } from '../checkout/expire-session.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import type { StoredSession } from '../core/stored-session.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'

export const checkoutSessionRoutes: RouteTable = {
  'POST /v1/checkout/sessions': handler<Stripe.Checkout.SessionCreateParams>(({ emulation, params }) =>
    createSession(emulation, params),
  ),
  'GET /v1/checkout/sessions': handler<Stripe.Checkout.SessionListParams>(({ emulation, params }) => {
    refuseUnsupported(params, [
      ...['created', 'customer', 'customer_details', 'ending_before', 'expand', 'limit', 'payment_intent'],
      ...['starting_after', 'status', 'subscription'],
    ])
    const email = params.customer_details?.email
    const items = emulation.store.sessions
      .newestFirst()
      .map(({ session }) => session)
      .filter((session) => params.payment_intent === undefined || session.payment_intent === params.payment_intent)
      .filter((session) => params.subscription === undefined || session.subscription === params.subscription)
      .filter((session) => params.customer === undefined || session.customer === params.customer)
      .filter((session) => params.status === undefined || session.status === params.status)
      .filter((session) => email === undefined || session.customer_details?.email === email)
      .filter((session) => inRange(session.created, params.created))
    return listPage(items, params, '/v1/checkout/sessions')
  }),
  'GET /v1/checkout/sessions/{id}': ({ emulation, id }) => find(emulation, id).session,
  'POST /v1/checkout/sessions/{id}': handler<Stripe.Checkout.SessionUpdateParams>(({ emulation, params, id }) => {
    refuseUnsupported(params, ['metadata', 'expand'])
    const { session } = find(emulation, id)
    session.metadata = mergeMetadata(session.metadata ?? {}, params.metadata)
    return session
  }),
  'POST /v1/checkout/sessions/{id}/expire': ({ emulation, id, cause }) => expireSession(emulation, find(emulation, id), cause),
  'GET /v1/checkout/sessions/{id}/line_items': handler<Stripe.Checkout.SessionListLineItemsParams>(({ emulation, params, id }) =>
    listPage(find(emulation, id).plan.lineItems, params, `/v1/checkout/sessions/${id}/line_items`),
  ),
}

function find(emulation: Emulation, id: string): StoredSession {
  const stored = emulation.store.sessions.get(id)
  if (stored === undefined) throw noSuch('checkout.session', id)
  return stored
}
