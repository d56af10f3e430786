import type Stripe from 'stripe'
import { handler, type RouteTable } from '../core/emulation.ts'
import { inRange, listPage } from '../core/list.ts'
import { noSuch } from '../core/stripe-error.ts'

export const paymentIntentRoutes: RouteTable = {
  'GET /v1/payment_intents': handler<Stripe.PaymentIntentListParams>(({ emulation, params }) => {
    const items = emulation.store.paymentIntents
      .newestFirst()
      .filter((intent) => params.customer === undefined || intent.customer === params.customer)
      .filter((intent) => inRange(intent.created, params.created))
    return listPage(items, params, '/v1/payment_intents')
  }),
  'GET /v1/payment_intents/{id}': ({ emulation, id }) => {
    const intent = emulation.store.paymentIntents.get(id)
    if (intent === undefined) throw noSuch('payment_intent', id)
    return intent
  },
}
