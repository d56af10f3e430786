import type Stripe from 'stripe'
import { eventVersions, pinnedVersion } from '../core/api-version.ts'
import { type Emulation, handler, type RouteTable } from '../core/emulation.ts'
import { listPage } from '../core/list.ts'
import { mergeMetadata } from '../core/metadata.ts'
import { knownEventTypes } from '../core/parameters.ts'
import type { StoredEndpoint } from '../core/store.ts'
import { invalidRequest, noSuch } from '../core/stripe-error.ts'
import { refuseUnsupported } from '../core/unsupported.ts'
import type { Wire } from '../core/wire.ts'
import { maySendTo } from '../webhooks/post-webhook.ts'

const mostEndpoints = 16

export const webhookEndpointRoutes: RouteTable = {
  'POST /v1/webhook_endpoints': handler<Stripe.WebhookEndpointCreateParams>(({ emulation, params }) => {
    const { endpoint, secret } = addWebhookEndpoint(emulation, params)
    return { ...endpoint, secret }
  }),
  'GET /v1/webhook_endpoints': handler<Stripe.WebhookEndpointListParams>(({ emulation, params }) => {
    const items = emulation.store.webhookEndpoints.newestFirst().map(({ endpoint }) => endpoint)
    return listPage(items, params, '/v1/webhook_endpoints')
  }),
  'GET /v1/webhook_endpoints/{id}': ({ emulation, id }) => find(emulation, id).endpoint,
  'POST /v1/webhook_endpoints/{id}': handler<Stripe.WebhookEndpointUpdateParams>(({ emulation, params, id }) => {
    const { endpoint } = find(emulation, id)
    if (params.url !== undefined) {
      checkUrl(emulation, params.url)
      endpoint.url = params.url
    }
    if (params.enabled_events !== undefined) {
      checkEvents(params.enabled_events)
      endpoint.enabled_events = [...params.enabled_events]
    }
    if (params.disabled !== undefined) endpoint.status = params.disabled ? 'disabled' : 'enabled'
    if (params.description !== undefined) endpoint.description = params.description || null
    endpoint.metadata = mergeMetadata(endpoint.metadata, params.metadata)
    return endpoint
  }),
  'DELETE /v1/webhook_endpoints/{id}': ({ emulation, id }) => {
    find(emulation, id)
    emulation.store.webhookEndpoints.delete(id)
    return { id, object: 'webhook_endpoint', deleted: true }
  },
}

/** Makes an endpoint by the rules of `POST /v1/webhook_endpoints`. @throws StripeError 400 */
export function addWebhookEndpoint(emulation: Emulation, params: Wire<Stripe.WebhookEndpointCreateParams>): StoredEndpoint {
  refuseUnsupported(params, ['api_version', 'description', 'enabled_events', 'expand', 'metadata', 'url'])
  const { store } = emulation
  checkUrl(emulation, params.url)
  checkEvents(params.enabled_events)
  const version = params.api_version ?? null
  if (version !== null && !eventVersions.includes(version)) {
    throw invalidRequest(`The emulator renders events in ${eventVersions.join(', ')}; not in ${version}.`, 'api_version')
  }
  if (store.webhookEndpoints.size >= mostEndpoints)
    throw invalidRequest(`You have reached the maximum of ${mostEndpoints} test webhook endpoints.`)
  const id = emulation.ids.next('we_')
  const secret = emulation.ids.next('whsec_', 32)
  const endpoint: StoredEndpoint['endpoint'] = {
    id,
    object: 'webhook_endpoint',
    api_version: version ?? pinnedVersion,
    application: null,
    created: emulation.clock.now(),
    description: params.description || null,
    enabled_events: [...params.enabled_events],
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    status: 'enabled',
    url: params.url,
  }
  return store.webhookEndpoints.add({ id, endpoint, secret })
}

function find(emulation: Emulation, id: string): StoredEndpoint {
  const stored = emulation.store.webhookEndpoints.get(id)
  if (stored === undefined) throw noSuch('webhook endpoint', id)
  return stored
}

function checkUrl({ webhookHosts }: Emulation, url: string): void {
  if (!maySendTo(url, webhookHosts))
    throw invalidRequest(
      'Invalid URL: the emulator sends webhooks only to http(s) addresses of this machine (loopback).',
      'url',
      'url_invalid',
    )
}

function checkEvents(types: readonly string[]): void {
  if (types.length === 0) throw invalidRequest('You must specify at least one event.', 'enabled_events')
  for (const [index, type] of types.entries()) {
    if (type !== '*' && !knownEventTypes.has(type))
      throw invalidRequest(`Invalid enabled_events[${index}]: ${type} is not an event type`, `enabled_events[${index}]`)
  }
}
