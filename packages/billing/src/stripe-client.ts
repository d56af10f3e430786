import { DomainError } from '@licenseoperator/domain'
import { Stripe } from 'stripe'

/** The version this SDK speaks and our webhook endpoint is pinned to. */
export const STRIPE_API_VERSION = '2026-10-28.endive'

/**
 * The official client.
 *
 * @param apiBase    another base URL than Stripe's, e.g. of a proxy
 * @param timeoutMs  for one try; with one retry an HTTP caller has its answer before its own 10 s are over
 */
export function createStripe(options: {
  apiKey: string
  apiBase?: string | undefined
  timeoutMs?: number
  maxNetworkRetries?: number
}): Stripe {
  const base = options.apiBase === undefined ? {} : baseOf(new URL(options.apiBase))
  const stripe = new Stripe(options.apiKey, {
    apiVersion: STRIPE_API_VERSION,
    timeout: options.timeoutMs ?? 3000,
    maxNetworkRetries: options.maxNetworkRetries ?? 1,
    telemetry: false,
    ...base,
  })
  const mode = /^[a-z]+_(live|test)_/.exec(options.apiKey.trim())?.[1]
  if (mode !== undefined) modes.set(stripe, mode)
  return stripe
}

/** The client keeps its key to itself. */
const modes = new WeakMap<Stripe, string>()

/** Whether a client's key is for live payments; undefined where the key does not say. */
export function isLive(stripe: Stripe): boolean | undefined {
  const mode = modes.get(stripe)
  return mode === undefined ? undefined : mode === 'live'
}

function baseOf(url: URL): { host: string; port: number; protocol: 'http' | 'https' } {
  const protocol = url.protocol === 'http:' ? 'http' : 'https'
  return { host: url.hostname, port: Number(url.port || (protocol === 'http' ? 80 : 443)), protocol }
}

/**
 * What a use case gets to see of a Stripe error. A refusal (4xx except 401, 403, 409, 429) is the caller's input; everything else means that the
 * outcome is unknown or that Stripe cannot be used now.
 */
export function translateStripeError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error
  if (isRefusal(error))
    return new DomainError('invalid_payload', `invalid request: the payment provider refused it (${error.code ?? error.type})`, {
      cause: error,
    })
  return new DomainError('temporarily_unavailable', 'temporarily unavailable', { retryAfterSeconds: 5, cause: error })
}

/** True when Stripe understood the request and said no: nothing was created and nothing will be. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError &&
    (error.statusCode === 400 || error.statusCode === 402 || error.statusCode === 404)
  )
}

/** True when Stripe does not know the object. */
export function isUnknownObject(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 404
}
