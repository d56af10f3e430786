import { createHash } from 'node:crypto'
import { isUnknownObject, STRIPE_API_VERSION, translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { handledEvents } from '../events/handled-events.ts'
import { endpointParams, labelSecret, listOurEndpoints, missingEvents, type OurEndpoints } from './our-endpoints.ts'

export interface EnsuredWebhook {
  readonly id: string
  readonly action: 'created' | 'updated' | 'unchanged' | 'rotated' | 'finished'
  /** Stripe tells it once, at creation. */
  readonly secret: string | undefined
  /** Things an operator should look at: another endpoint that doubles deliveries, a version that cannot be changed. */
  readonly warnings: readonly string[]
}

/**
 * Registers our webhook endpoint with exactly the events we handle, rendered in the API version we read. Safe to repeat, and from several
 * instances at once: they create under one idempotency key.
 *
 * @param url  public URL of the receiver
 * @throws DomainError `temporarily_unavailable` when Stripe cannot be asked, `invalid_payload` when it refuses the URL
 * @see https://docs.stripe.com/api/webhook_endpoints
 */
export async function ensureWebhook(stripe: Stripe, url: string): Promise<EnsuredWebhook> {
  try {
    const endpoints = await listOurEndpoints(stripe, url)
    const [existing] = endpoints.registered
    const warnings = warningsOf(endpoints)
    if (existing === undefined) {
      const { created, unlabelled } = await create(stripe, url)
      return { id: created.id, action: 'created', secret: created.secret, warnings: [...warnings, ...unlabelled] }
    }
    // While a secret is rotated two endpoints serve the URL, and either may be the one whose secret is configured.
    const inService = endpoints.registered.filter((endpoint) => endpoint.id === existing.id || endpoint.status === 'enabled')
    const outdated = inService.filter((endpoint) => endpoint.status !== 'enabled' || !sendsExactly(endpoint))
    for (const endpoint of outdated)
      await stripe.webhookEndpoints.update(endpoint.id, { enabled_events: [...handledEvents], disabled: false })
    return { id: existing.id, action: outdated.length === 0 ? 'unchanged' : 'updated', secret: undefined, warnings }
  } catch (error) {
    throw translateStripeError(error)
  }
}

/** What an operator should look at, beside what `ensureWebhook` mends. */
export function warningsOf({ registered, lookalikes }: OurEndpoints): string[] {
  const [existing, ...further] = registered
  const twins = [...further.filter((endpoint) => endpoint.status === 'enabled'), ...lookalikes]
  return [
    ...(existing === undefined || existing.api_version === STRIPE_API_VERSION ? [] : [wrongVersion(existing)]),
    ...twins.map(
      (twin) =>
        `${twin.id} (${twin.url}) is enabled too: every event is delivered twice; after a rotation --finish-rotation switches the old one off`,
    ),
  ]
}

export function wrongVersion({ id, api_version: version }: Stripe.WebhookEndpoint): string {
  return `${id} sends events in version ${version ?? 'of the account'}, not ${STRIPE_API_VERSION}; Stripe cannot change that, ensure-webhook --rotate makes a new one`
}

/** An answer from the key that names an endpoint which is gone by now is no creation: somebody removed it within a day. */
async function create(stripe: Stripe, url: string): Promise<{ created: Stripe.WebhookEndpoint; unlabelled: string[] }> {
  const params = endpointParams(url)
  const digest = createHash('sha256').update(JSON.stringify(params)).digest('hex').slice(0, 32)
  const created = await stripe.webhookEndpoints.create(params, { idempotencyKey: `ensure-webhook-${digest}` })
  try {
    return { created, unlabelled: await labelSecret(stripe, created) }
  } catch (error) {
    if (!isUnknownObject(error)) throw error
    const again = await stripe.webhookEndpoints.create(params)
    return { created: again, unlabelled: await labelSecret(stripe, again) }
  }
}

/** Whether an endpoint sends what we handle and nothing else. */
export function sendsExactly(endpoint: Stripe.WebhookEndpoint): boolean {
  return endpoint.enabled_events.length === handledEvents.length && missingEvents(endpoint).length === 0
}
