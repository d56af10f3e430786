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
 * What a use case gets to see of a Stripe error. A refusal (4xx except 401, 403, 409, 429) is the caller's input, and names Stripe's parameter and its
 * reason; everything else means that the outcome is unknown or that Stripe cannot be used now.
 */
export function translateStripeError(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error
  if (isRefusal(error))
    return new DomainError('invalid_payload', `invalid request: the payment provider refused it (${describeRefusal(error)})`, {
      cause: error,
    })
  return new DomainError('temporarily_unavailable', 'temporarily unavailable', { retryAfterSeconds: 5, cause: error })
}

const LONGEST_REASON = 300

/** Code, parameter and Stripe's own sentence, as far as each is there; never a key, and on one line. */
export function describeRefusal(error: InstanceType<typeof Stripe.errors.StripeError>): string {
  const { code, rawType, type, param, message } = error
  const named = [code ?? rawType ?? type, param].filter((part) => part !== undefined && part !== '').join(', ')
  const safe = message
    .replaceAll(/\b(?:sk|rk|pk|whsec|ek)_\S+/g, '[secret]')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim()
  const sentence = safe.length > LONGEST_REASON ? `${[...safe].slice(0, LONGEST_REASON).join('')}…` : safe
  return sentence === '' ? named : `${named}: ${sentence}`
}

/** True when Stripe understood the request and said no: nothing was created and nothing will be. */
export function isRefusal(error: unknown): boolean {
  return hasStatus(error, 400, 402, 404)
}

/** True when the answer proves that this one request made nothing: refused, not let in, or turned away unread. An earlier try of it may still have. */
export function madeNothing(error: unknown): boolean {
  return isRefusal(error) || hasStatus(error, 401, 403, 429)
}

/** True when Stripe does not know the object. */
export function isUnknownObject(error: unknown): boolean {
  return hasStatus(error, 404)
}

function hasStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof Stripe.errors.StripeError && statuses.some((status) => error.statusCode === status)
}
