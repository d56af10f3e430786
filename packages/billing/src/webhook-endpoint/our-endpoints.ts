import { createHash } from 'node:crypto'
import { isUnknownObject, STRIPE_API_VERSION, waitOutRateLimit } from '@licenseoperator/stripe'
import type { Stripe } from 'stripe'
import { handledEvents } from '../events/handled-events.ts'

/** Path below the public base URL at which the receiver listens. */
export const WEBHOOK_PATH = '/authlance/license/stripe/webhook'

/** Metadata key: which secret the endpoint signs with, so that a configuration without it is noticed. A digest, see `fingerprintOf`. */
export const SECRET_FINGERPRINT = 'licenseoperator_secret'
/** Metadata key of an endpoint that another one took the place of. */
export const ROTATED_OUT = 'licenseoperator_rotated_out'

/** The endpoints of an account as one receiver sees them, newest first. */
export interface OurEndpoints {
  /** Registered for exactly the receiver's URL; the one that counts first: enabled, of our version, newest. */
  readonly registered: readonly Stripe.WebhookEndpoint[]
  /** Enabled ones for another URL that reaches a receiver like ours: another origin, or the same with a query or slash more. */
  readonly lookalikes: readonly Stripe.WebhookEndpoint[]
}

/** @param url  the receiver's; undefined when its public address is not known: then every endpoint with our path is taken for ours */
export async function listOurEndpoints(
  stripe: Stripe,
  url: string | undefined,
  options: Stripe.RequestOptions = {},
): Promise<OurEndpoints> {
  return endpointsAt(url, await stripe.webhookEndpoints.list({ limit: 100 }, options).autoPagingToArray({ limit: 1000 }))
}

/** Those of all endpoints of an account that reach a receiver like ours. @param url  as of `listOurEndpoints` */
export function endpointsAt(url: string | undefined, all: readonly Stripe.WebhookEndpoint[]): OurEndpoints {
  const alike = all.filter((endpoint) => pathOf(endpoint.url) === WEBHOOK_PATH)
  const registered = url === undefined ? alike : all.filter((endpoint) => hrefOf(endpoint.url) === hrefOf(url))
  const rank = (endpoint: Stripe.WebhookEndpoint) =>
    Number(endpoint.status === 'enabled') * 4 +
    Number(!isRotatedOut(endpoint)) * 2 +
    Number(endpoint.api_version === STRIPE_API_VERSION)
  return {
    registered: registered.toSorted((a, b) => rank(b) - rank(a) || b.created - a.created),
    lookalikes: alike.filter((endpoint) => endpoint.status === 'enabled' && !registered.includes(endpoint)),
  }
}

/** What an endpoint for our receiver is made of. */
export function endpointParams(url: string): Stripe.WebhookEndpointCreateParams {
  return { url, enabled_events: [...handledEvents], api_version: STRIPE_API_VERSION }
}

/** Handled events that the endpoint does not send. */
export function missingEvents({ enabled_events: enabled }: Stripe.WebhookEndpoint): string[] {
  return enabled.includes('*') ? [] : handledEvents.filter((type) => !enabled.includes(type))
}

/**
 * Remembers at Stripe which secret a new endpoint signs with. Stripe tells a secret once, so no failure here may keep it from whoever has to configure it.
 *
 * @returns what an operator should know when it could not be noted
 * @throws what Stripe throws for an endpoint that is gone
 */
export async function labelSecret(stripe: Stripe, endpoint: Stripe.WebhookEndpoint): Promise<string[]> {
  if (endpoint.secret === undefined) return []
  const metadata = { [SECRET_FINGERPRINT]: fingerprintOf(endpoint.secret) }
  try {
    await waitOutRateLimit(() => stripe.webhookEndpoints.update(endpoint.id, { metadata }))
    return []
  } catch (error) {
    if (isUnknownObject(error)) throw error
    return [`it could not be noted at Stripe which secret ${endpoint.id} signs with: configure the secret above now`]
  }
}

/** False when we know which secret the endpoint signs with and it is none of these. */
export function mayBeSignedWith(endpoint: Stripe.WebhookEndpoint, secrets: readonly string[]): boolean {
  const known = endpoint.metadata[SECRET_FINGERPRINT]
  return known === undefined || secrets.some((secret) => fingerprintOf(secret) === known)
}

/** True only when one of these secrets is the endpoint's: noted so, or the only one left that no other endpoint can be signing with. */
export function isSignedWith(
  endpoint: Stripe.WebhookEndpoint,
  otherEndpoints: readonly Stripe.WebhookEndpoint[],
  secrets: readonly string[],
): boolean {
  if (endpoint.metadata[SECRET_FINGERPRINT] !== undefined) return mayBeSignedWith(endpoint, secrets)
  const labels = otherEndpoints.map((otherEndpoint) => otherEndpoint.metadata[SECRET_FINGERPRINT])
  const unclaimed = secrets.filter((secret) => !labels.includes(fingerprintOf(secret)))
  return unclaimed.length > labels.filter((label) => label === undefined).length
}

export function isRotatedOut(endpoint: Stripe.WebhookEndpoint): boolean {
  return endpoint.metadata[ROTATED_OUT] !== undefined
}

/** Sixteen hexadecimal digits: enough to tell secrets apart, of no use for signing. */
function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16)
}

function hrefOf(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/\/+$/, '') : ''
}
