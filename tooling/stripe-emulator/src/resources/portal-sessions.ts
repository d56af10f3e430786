import type Stripe from 'stripe'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { invalidRequest, missingParameter, noSuchParameter } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { PortalConfiguration } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { defaultConfiguration } from './portal-configurations.ts'
import { buildFlow } from './portal-flow.ts'

/** How long a link waits for its first visit. */
const unopenedS = 5 * 60

export const portalSessionRoutes: RouteTable = {
  'POST /v1/billing_portal/sessions': handler<Stripe.BillingPortal.SessionCreateParams>(({ emulation, params, cause }) => {
    refuseUnsupported(params, ['configuration', 'customer', 'expand', 'flow_data', 'locale', 'return_url'])
    const { customer } = params
    if (customer === undefined) throw missingParameter('customer')
    if (emulation.store.customers.get(customer) === undefined) throw noSuchParameter('customer', customer, 'customer')
    const configuration = configurationFor(emulation, params.configuration)
    const flow = params.flow_data === undefined ? null : buildFlow(emulation, configuration, customer, params.flow_data)
    const id = emulation.ids.next('bps_')
    emulation.store.portalVisits.set(id, {
      validUntil: emulation.clock.ownNow() + unopenedS,
      browser: null,
      flowDone: false,
    })
    const session = emulation.store.portalSessions.add({
      id,
      object: 'billing_portal.session',
      configuration: configuration.id,
      created: emulation.clock.now(),
      customer,
      customer_account: null,
      flow,
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

function configurationFor(emulation: Emulation, id: string | undefined): PortalConfiguration {
  const standard = defaultConfiguration(emulation)
  if (id === undefined) return standard
  const configuration = emulation.store.portalConfigurations.get(id)
  if (configuration === undefined) throw noSuchParameter('configuration', id, 'configuration')
  if (!configuration.active)
    throw invalidRequest(`The portal configuration ${id} is inactive and cannot be used.`, 'configuration')
  return configuration
}
