import { createHash } from 'node:crypto'
import type { Stripe } from 'stripe'
import { handledEvents } from './purchase/handled-events.ts'
import { STRIPE_API_VERSION } from './stripe-client.ts'

/** Path below the public base URL at which the receiver listens. */
export const WEBHOOK_PATH = '/authlance/license/stripe/webhook'

/** Metadata key: which secret the endpoint signs with, so that a configuration without it is noticed. A digest, see `fingerprintOf`. */
export const SECRET_FINGERPRINT = 'licenseoperator_secret'
/** Metadata key of an endpoint that another one took the place of. */
export const ROTATED_OUT = 'licenseoperator_rotated_out'

/** The endpoints of an account as one receiver sees them, newest first. */
export interface OurEndpoints {
  /** Registered for exactly the receiver's URL; the one that counts first: enabled, of our version, newest. */
  readonly ours: readonly Stripe.WebhookEndpoint[]
  /** Enabled ones for another URL that reaches a receiver like ours: another origin, or the same with a query or slash more. */
  readonly others: readonly Stripe.WebhookEndpoint[]
}

/** @param url  the receiver's; undefined when its public address is not known: then every endpoint with our path is taken for ours */
export async function listOurEndpoints(
  stripe: Stripe,
  url: string | undefined,
  options: Stripe.RequestOptions = {},
): Promise<OurEndpoints> {
  const all = await stripe.webhookEndpoints.list({ limit: 100 }, options).autoPagingToArray({ limit: 1000 })
  const alike = all.filter((one) => pathOf(one.url) === WEBHOOK_PATH)
  const ours = url === undefined ? alike : all.filter((one) => hrefOf(one.url) === hrefOf(url))
  const rank = (one: Stripe.WebhookEndpoint) =>
    Number(one.status === 'enabled') * 4 + Number(!isRotatedOut(one)) * 2 + Number(one.api_version === STRIPE_API_VERSION)
  return {
    ours: ours.toSorted((a, b) => rank(b) - rank(a) || b.created - a.created),
    others: alike.filter((one) => one.status === 'enabled' && !ours.includes(one)),
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

/** Remembers at Stripe which secret the endpoint signs with. */
export async function labelSecret(stripe: Stripe, endpoint: Stripe.WebhookEndpoint): Promise<void> {
  if (endpoint.secret === undefined) return
  await stripe.webhookEndpoints.update(endpoint.id, { metadata: { [SECRET_FINGERPRINT]: fingerprintOf(endpoint.secret) } })
}

/** False when we know which secret the endpoint signs with and it is none of these. */
export function mayBeSignedWith(endpoint: Stripe.WebhookEndpoint, secrets: readonly string[]): boolean {
  const known = endpoint.metadata[SECRET_FINGERPRINT]
  return known === undefined || secrets.some((secret) => fingerprintOf(secret) === known)
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
