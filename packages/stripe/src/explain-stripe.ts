import { Stripe } from 'stripe'

/** What an error of Stripe's means to whoever runs the operator: one sentence, without the key and without payloads. */
export interface StripeTrouble {
  readonly address: string
  readonly code: string
  readonly sentence: string
}

const STRIPE = 'https://api.stripe.com'

/**
 * @param error  of the SDK, or one that has it as its cause
 * @returns `undefined` for an error that is not Stripe's
 */
export function explainStripe(error: unknown, apiBase: string | undefined): StripeTrouble | undefined {
  for (let current: unknown = error, depth = 0; depth < 4 && current instanceof Error; current = current.cause, depth += 1) {
    if (!(current instanceof Stripe.errors.StripeError)) continue
    const address = apiBase === undefined ? STRIPE : new URL(apiBase).origin
    const code = codeOf(current)
    return { address, code, sentence: `Stripe at ${address} ${saysOf(current)} (${code})` }
  }
  return undefined
}

function saysOf(error: Stripe.errors.StripeError): string {
  if (error instanceof Stripe.errors.StripeAuthenticationError)
    return 'refuses the key: stripe.api_key is wrong, expired or was rolled'
  if (error instanceof Stripe.errors.StripePermissionError)
    return 'does not let this key do it: a permission of stripe.api_key is missing'
  if (error instanceof Stripe.errors.StripeConnectionError) return 'cannot be reached'
  if (error instanceof Stripe.errors.StripeRateLimitError) return 'has had too many requests; try again in a minute'
  if (error instanceof Stripe.errors.StripeIdempotencyError) return 'has seen the same request with other content'
  if (error.statusCode !== undefined && error.statusCode >= 500) return 'fails at the moment'
  const field = error.param === undefined ? '' : `: ${error.param}`
  return `refuses the request${field}`
}

/** The most exact word there is: Stripe's code, the network's, the status. */
function codeOf(error: Stripe.errors.StripeError): string {
  const network: unknown = error.detail
  const inner = typeof network === 'object' && network !== null && 'code' in network ? network.code : undefined
  if (typeof inner === 'string') return inner
  return error.code ?? (error.statusCode === undefined ? error.type : `${error.type}, HTTP ${error.statusCode}`)
}
