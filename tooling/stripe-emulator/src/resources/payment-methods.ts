import type { RouteTable } from '../core/emulation.ts'
import { noSuch } from '../core/stripe-error.ts'

export const paymentMethodRoutes: RouteTable = {
  'GET /v1/payment_methods/{id}': ({ emulation, id }) => {
    const stored = emulation.store.paymentMethods.get(id)
    if (stored === undefined) throw noSuch('PaymentMethod', id)
    return stored.object
  },
}
