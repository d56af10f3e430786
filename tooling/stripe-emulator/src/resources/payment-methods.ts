import type Stripe from 'stripe'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { listPage } from '../core/list.ts'
import { noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { PaymentMethod } from '../core/wire.ts'

/** Only payment methods that a page or the control API made: the API takes no card numbers here. */
export const paymentMethodRoutes: RouteTable = {
  'GET /v1/payment_methods': handler<Stripe.PaymentMethodListParams>(({ emulation, params }) => {
    refuseUnsupported(params, ['customer', 'ending_before', 'expand', 'limit', 'starting_after', 'type'])
    // Without a customer Stripe lists those that belong to nobody.
    return listPage(methodsOf(emulation, params.customer ?? null, params.type), params, '/v1/payment_methods')
  }),
  'GET /v1/customers/{id}/payment_methods': handler<Stripe.CustomerListPaymentMethodsParams>(({ emulation, params, id }) => {
    if (emulation.store.customers.get(id) === undefined) throw noSuch('customer', id)
    return listPage(methodsOf(emulation, id, params.type), params, `/v1/customers/${id}/payment_methods`)
  }),
  'GET /v1/payment_methods/{id}': ({ emulation, id }) => {
    const stored = emulation.store.paymentMethods.get(id)
    if (stored === undefined) throw noSuch('PaymentMethod', id)
    return stored.object
  },
}

function methodsOf({ store }: Emulation, customer: string | null, type: string | undefined): PaymentMethod[] {
  return store.paymentMethods
    .newestFirst()
    .map(({ object }) => object)
    .filter((method) => method.customer === customer && (type === undefined || method.type === type))
}
