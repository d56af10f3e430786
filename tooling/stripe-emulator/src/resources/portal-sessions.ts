import type Stripe from 'stripe'
import { handler, type RouteTable } from '../core/emulation.ts'
import { missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import { emit } from '../webhooks/emit.ts'

export const portalSessionRoutes: RouteTable = {
  'POST /v1/billing_portal/sessions': handler<Stripe.BillingPortal.SessionCreateParams>(({ emulation, params, cause }) => {
    refuseUnsupported(params, ['customer', 'expand', 'locale', 'return_url'])
    const { customer } = params
    if (customer === undefined) throw missingParameter('customer')
    if (emulation.store.customers.get(customer) === undefined) throw noSuchParameter('customer', customer, 'customer')
    const id = emulation.ids.next('bps_')
    const session = emulation.store.portalSessions.add({
      id,
      object: 'billing_portal.session',
      configuration: 'bpc_emulator_default',
      created: emulation.clock.now(),
      customer,
      customer_account: null,
      flow: null,
      livemode: false,
      locale: params.locale ?? null,
      on_behalf_of: null,
      return_url: params.return_url ?? null,
      url: `${emulation.origin()}/p/session/${id}`,
    })
    emit(emulation, cause, 'billing_portal.session.created', session)
    return session
  }),
}
