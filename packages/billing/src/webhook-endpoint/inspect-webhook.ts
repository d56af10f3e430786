import { STRIPE_API_VERSION, translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { warningsOf, wrongVersion } from './ensure-webhook.ts'
import { listOurEndpoints, mayBeSignedWith, missingEvents } from './our-endpoints.ts'

const TIMEOUT_MS = 3000

/**
 * What is wrong with the registered endpoint, a sentence each: an upgrade handles event types that it does not send, its version is not the one we
 * read, it is disabled or missing, its secret is not configured. Asks Stripe once and changes nothing.
 *
 * @param receiver.url      undefined when the public address is not known: then any endpoint with the receiver's path is looked at
 * @param receiver.secrets  the configured ones
 * @throws DomainError `temporarily_unavailable` when Stripe does not answer within seconds
 */
export async function inspectWebhook(
  stripe: Stripe,
  receiver: { readonly url: string | undefined; readonly secrets: readonly string[] },
): Promise<string[]> {
  try {
    const endpoints = await listOurEndpoints(stripe, receiver.url, { timeout: TIMEOUT_MS, maxNetworkRetries: 0 })
    const enabled = endpoints.registered.filter((endpoint) => endpoint.status === 'enabled')
    if (enabled.length === 0) return [nobodySends(receiver.url)]
    const problems = enabled.flatMap((endpoint) => problemsOf(endpoint, receiver.secrets))
    if (receiver.url !== undefined) return [...problems, ...warningsOf(endpoints)]
    // Several with our path may be several installations in one account.
    return [...problems, ...enabled.filter((endpoint) => endpoint.api_version !== STRIPE_API_VERSION).map(wrongVersion)]
  } catch (error) {
    throw translateStripeError(error)
  }
}

function problemsOf(endpoint: Stripe.WebhookEndpoint, secrets: readonly string[]): string[] {
  const missing = missingEvents(endpoint)
  return [
    ...(missing.length === 0 ? [] : [`${endpoint.id} does not send ${missing.join(', ')}; stripe ensure-webhook mends it`]),
    ...(mayBeSignedWith(endpoint, secrets) ? [] : [`the secret of ${endpoint.id} is not in stripe.webhook_secret`]),
  ]
}

function nobodySends(url: string | undefined): string {
  return `none is enabled for ${url ?? 'the path of the receiver'}; stripe ensure-webhook registers it`
}
