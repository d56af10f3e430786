import { matches } from './faults.ts'
import { StripeError } from './stripe-error.ts'

/**
 * Checks the API key of a request: `Bearer k`, or Basic with the key as user name (curl's `-u sk_test_…:`).
 *
 * @returns the key
 * @throws StripeError 401 for none, an unknown or a live key
 */
export function authenticate(header: string | undefined, goodKeys: readonly string[]): string {
  const key = readKey(header)
  if (key === undefined || key === '') {
    throw refused(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  if (key.startsWith('sk_live_') || key.startsWith('rk_live_')) {
    throw refused('This is an emulator: it refuses live keys. Never send a live key here.')
  }
  if (!goodKeys.includes(key)) throw refused(`Invalid API Key provided: ${mask(key)}`)
  return key
}

/**
 * Whether a restricted key may use a route; keys without an entry may use all.
 *
 * @param restrictions  route patterns by key: `{"rk_test_1": ["GET /v1/*"]}`
 * @throws StripeError 403
 */
export function checkPermission(key: string, route: string, restrictions: Readonly<Record<string, readonly string[]>>): void {
  const allowed = restrictions[key]
  if (allowed === undefined || allowed.some((pattern) => matches(pattern, route))) return
  const message = `The provided key '${mask(key)}' does not have the required permissions for this endpoint (${route}).`
  throw new StripeError(403, { type: 'invalid_request_error', message }, false)
}

function readKey(header: string | undefined): string | undefined {
  const [scheme, value] = (header ?? '').split(/\s+/)
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() === 'basic')
    return Buffer.from(value ?? '', 'base64')
      .toString('utf8')
      .split(':')[0]
  return undefined
}

function refused(message: string): StripeError {
  return new StripeError(401, { type: 'invalid_request_error', message }, false)
}

/** `sk_test_****abcd`: enough to recognise a key, not enough to use it. */
function mask(key: string): string {
  const prefix = /^(sk|rk|pk)_(test|live)_/.exec(key)?.[0] ?? ''
  return `${prefix}****${key.length >= prefix.length + 8 ? key.slice(-4) : ''}`
}
