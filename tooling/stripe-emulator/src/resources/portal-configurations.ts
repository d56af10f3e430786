import type Stripe from 'stripe'
import { changedFields } from '../core/changed-fields.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { invalidRequest, noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { PortalConfiguration, Wire } from '../core/wire.ts'
import { emit } from '../webhooks/emit.ts'
import { everythingOff, everythingOn, mergeFeatures } from './portal-features.ts'

type Changes = Wire<Stripe.BillingPortal.ConfigurationUpdateParams>

const supported = ['business_profile', 'default_return_url', 'expand', 'features', 'login_page', 'metadata', 'name']

export const portalConfigurationRoutes: RouteTable = {
  'POST /v1/billing_portal/configurations': handler<Stripe.BillingPortal.ConfigurationCreateParams>(
    ({ emulation, params, cause }) => {
      const configuration = buildConfiguration(emulation, emulation.ids.next('bpc_'), everythingOff)
      change(emulation, configuration, params)
      emulation.store.portalConfigurations.add(configuration)
      emit(emulation, cause, 'billing_portal.configuration.created', configuration)
      return configuration
    },
  ),
  'GET /v1/billing_portal/configurations': handler<Stripe.BillingPortal.ConfigurationListParams>(({ emulation, params }) => {
    defaultConfiguration(emulation)
    const items = emulation.store.portalConfigurations
      .newestFirst()
      .filter(({ active }) => params.active === undefined || active === params.active)
      .filter((entry) => params.is_default === undefined || entry.is_default === params.is_default)
    return listPage(items, params, '/v1/billing_portal/configurations')
  }),
  'GET /v1/billing_portal/configurations/{id}': ({ emulation, id }) => find(emulation, id),
  'POST /v1/billing_portal/configurations/{id}': handler<Stripe.BillingPortal.ConfigurationUpdateParams>(
    ({ emulation, params, id, cause }) => {
      const configuration = find(emulation, id)
      const { active, ...changes } = params
      if (active === false && configuration.is_default)
        throw invalidRequest('You cannot deactivate the default configuration.', 'active')
      // On a copy: what is refused halfway changes nothing.
      const changed = structuredClone(configuration)
      change(emulation, changed, changes)
      if (active !== undefined) changed.active = active
      changed.updated = emulation.clock.now()
      const previous = changedFields(configuration, changed)
      Object.assign(configuration, changed)
      emit(emulation, cause, 'billing_portal.configuration.updated', configuration, previous)
      return configuration
    },
  ),
}

/**
 * The configuration of sessions that name none. At Stripe somebody saved it in the Dashboard: here it is there from the start,
 * and allows everything.
 */
export function defaultConfiguration(emulation: Emulation): PortalConfiguration {
  const { portalConfigurations } = emulation.store
  const known = portalConfigurations.all().find((entry) => entry.is_default)
  if (known !== undefined) return known
  return portalConfigurations.add({ ...buildConfiguration(emulation, 'bpc_emulator_default', everythingOn), is_default: true })
}

function find(emulation: Emulation, id: string): PortalConfiguration {
  defaultConfiguration(emulation)
  const configuration = emulation.store.portalConfigurations.get(id)
  if (configuration === undefined) throw noSuch('configuration', id)
  return configuration
}

function buildConfiguration({ clock }: Emulation, id: string, features: PortalConfiguration['features']): PortalConfiguration {
  const now = clock.now()
  return {
    id,
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: now,
    default_return_url: null,
    features: structuredClone(features),
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: now,
  }
}

function change(emulation: Emulation, configuration: PortalConfiguration, params: Changes): void {
  refuseUnsupported(params, supported)
  if (params.login_page?.enabled === true)
    throw invalidRequest('The emulator has no login page.', 'login_page[enabled]', 'emulator_unsupported')
  const { headline, privacy_policy_url: privacy, terms_of_service_url: terms } = params.business_profile ?? {}
  if (headline !== undefined) configuration.business_profile.headline = headline || null
  if (privacy !== undefined) configuration.business_profile.privacy_policy_url = privacy || null
  if (terms !== undefined) configuration.business_profile.terms_of_service_url = terms || null
  if (params.default_return_url !== undefined) configuration.default_return_url = params.default_return_url || null
  if (params.name !== undefined) configuration.name = params.name || null
  configuration.metadata = mergeMetadata(configuration.metadata ?? {}, params.metadata)
  if (params.features !== undefined) mergeFeatures(emulation, configuration, params.features)
}
