import { DomainError } from '@licenseoperator/domain'
import { STRIPE_API_VERSION, translateStripeError } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { type EnsuredWebhook, warningsOf } from './ensure-webhook.ts'
import { endpointParams, isRotatedOut, isSignedWith, labelSecret, listOurEndpoints, ROTATED_OUT } from './our-endpoints.ts'

/**
 * First half of a rotation: a second endpoint for the same URL, with a new secret and in our version. The old one goes on sending, so that no event
 * waits while the new secret is being configured beside the old one; the receiver takes each event once. `finishRotation` is the second half.
 *
 * @throws DomainError `invalid_payload` when a rotation is under way, or there is nothing to rotate; `temporarily_unavailable` as `ensureWebhook`
 */
export async function rotateWebhook(stripe: Stripe, url: string): Promise<EnsuredWebhook> {
  try {
    const { registered } = await listOurEndpoints(stripe, url)
    const enabled = registered.filter((endpoint) => endpoint.status === 'enabled')
    if (enabled.length === 0) throw new DomainError('invalid_payload', 'there is no endpoint to rotate: run ensure-webhook')
    if (enabled.length > 1)
      throw new DomainError('invalid_payload', `a rotation is under way (${idsOf(enabled)}): finish it first`)
    const created = await stripe.webhookEndpoints.create(endpointParams(url))
    const warnings = await labelSecret(stripe, created)
    return { id: created.id, action: 'rotated', secret: created.secret, warnings }
  } catch (error) {
    throw translateStripeError(error)
  }
}

/**
 * Second half: switches off every endpoint for the URL but the newest of our version, and removes those that an earlier rotation had switched off. One
 * that was switched off now can be switched on again in Stripe's dashboard.
 *
 * @param secrets  the configured ones
 * @throws DomainError `invalid_payload` when the endpoint that stays signs with none of these secrets; `temporarily_unavailable` as `ensureWebhook`
 */
export async function finishRotation(stripe: Stripe, url: string, secrets: readonly string[]): Promise<EnsuredWebhook> {
  try {
    const { registered } = await listOurEndpoints(stripe, url)
    const [kept, ...further] = registered
    if (kept?.status !== 'enabled' || kept.api_version !== STRIPE_API_VERSION)
      throw new DomainError(
        'invalid_payload',
        `no endpoint of version ${STRIPE_API_VERSION} is enabled: run ensure-webhook --rotate first`,
      )
    if (
      !isSignedWith(
        kept,
        further.filter((endpoint) => endpoint.status === 'enabled'),
        secrets,
      )
    )
      throw new DomainError(
        'invalid_payload',
        `the secret of ${kept.id} is not in stripe.webhook_secret: every event would be refused`,
      )
    const old = further.filter((endpoint) => endpoint.status === 'enabled')
    for (const endpoint of old)
      await stripe.webhookEndpoints.update(endpoint.id, { disabled: true, metadata: { [ROTATED_OUT]: 'yes' } })
    for (const endpoint of further)
      if (endpoint.status !== 'enabled' && isRotatedOut(endpoint)) await stripe.webhookEndpoints.del(endpoint.id)
    const action = old.length === 0 ? 'unchanged' : 'finished'
    return { id: kept.id, action, secret: undefined, warnings: warningsOf(await listOurEndpoints(stripe, url)) }
  } catch (error) {
    throw translateStripeError(error)
  }
}

function idsOf(endpoints: readonly Stripe.WebhookEndpoint[]): string {
  return endpoints.map((endpoint) => endpoint.id).join(', ')
}
