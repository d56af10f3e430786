import type { Stripe } from 'stripe'
import { handledEvents } from './purchase/handled-events.ts'
import { STRIPE_API_VERSION, translateStripeError } from './stripe-client.ts'

export interface EnsuredWebhook {
  readonly id: string
  readonly action: 'created' | 'updated' | 'unchanged'
  /** Stripe tells it once, at creation. */
  readonly secret: string | undefined
  /** Things an operator should look at: another endpoint that doubles deliveries, a version that cannot be changed. */
  readonly warnings: readonly string[]
}

/** Path below the public base URL at which the receiver listens. */
export const WEBHOOK_PATH = '/authlance/license/stripe/webhook'

/**
 * Registers our webhook endpoint with exactly the events we handle, rendered in the API version we read. Safe to repeat.
 *
 * @param url  public URL of the receiver
 * @throws DomainError `temporarily_unavailable` when Stripe cannot be asked, `invalid_payload` when it refuses the URL
 * @see https://docs.stripe.com/api/webhook_endpoints
 */
export async function ensureWebhook(stripe: Stripe, url: string): Promise<EnsuredWebhook> {
  try {
    const endpoints = await stripe.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1000 })
    const warnings = endpoints
      .filter((one) => one.url !== url && one.url.endsWith(WEBHOOK_PATH) && one.status === 'enabled')
      .map((one) => `${one.id} (${one.url}) is enabled too: every event is delivered twice`)
    const existing = endpoints.find((one) => one.url === url)
    if (existing === undefined) {
      const created = await stripe.webhookEndpoints.create({
        url,
        enabled_events: [...handledEvents],
        api_version: STRIPE_API_VERSION,
      })
      return { id: created.id, action: 'created', secret: created.secret, warnings }
    }
    if (existing.api_version !== STRIPE_API_VERSION) {
      warnings.push(
        `${existing.id} sends events in version ${existing.api_version ?? 'of the account'}, not ${STRIPE_API_VERSION}; Stripe cannot change that`,
      )
    }
    if (existing.status === 'enabled' && sameEvents(existing.enabled_events)) {
      return { id: existing.id, action: 'unchanged', secret: undefined, warnings }
    }
    await stripe.webhookEndpoints.update(existing.id, { enabled_events: [...handledEvents], disabled: false })
    return { id: existing.id, action: 'updated', secret: undefined, warnings }
  } catch (error) {
    throw translateStripeError(error)
  }
}

function sameEvents(enabled: readonly string[]): boolean {
  return enabled.length === handledEvents.length && handledEvents.every((type) => enabled.includes(type))
}
