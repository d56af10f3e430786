import { DomainError } from '@licenseoperator/domain'
import { Stripe } from 'stripe'
import { readStripeEvent, type StripeEvent } from './payload/stripe-event.ts'

/** Seconds that a signature's time may differ from our clock, in either direction. Not configurable: 0 would switch the check off. */
const TOLERANCE_SECONDS = 300

/**
 * Checks that a webhook body is Stripe's and fresh.
 *
 * The SDK refuses only what is too old, decodes before it checks and returns signed `null`s as events; the checks around it close that.
 *
 * @param body     the raw bytes as received
 * @param secrets  every endpoint secret that is valid now; two while one is being rolled
 * @returns the event and the exact text that was signed
 * @throws DomainError `invalid_webhook` without any part of body or header in its message
 * @see https://docs.stripe.com/webhooks/signature
 */
export function verifyWebhook(
  stripe: Stripe,
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
  now: Date,
): { event: StripeEvent; payload: string; signature: string } {
  if (header === undefined || header === '') throw refused('no signature')
  const payload = decode(body)
  // Of several times the SDK reads the last: one reader per header, so there must be one to read.
  const times = header.split(',').filter((part) => /^\s*t\s*=/.test(part))
  const timestamp = times.length === 1 ? Number(/^t=(\d{1,15})$/.exec(times[0] ?? '')?.[1] ?? Number.NaN) : Number.NaN
  if (!(timestamp <= now.getTime() / 1000 + TOLERANCE_SECONDS))
    throw refused('the signature has no time, several, or one in the future')
  if (!secrets.some((secret) => isSignedWith(stripe, payload, header, secret, now))) throw refused('no valid signature')
  return { event: readStripeEvent(payload), payload, signature: header }
}

/**
 * Whether an event that was stored was signed with one of the secrets, however long ago: for whoever takes it out of a store that others can write to.
 */
export function isSignedByStripe(
  stripe: Stripe,
  payload: string,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  if (header === undefined || header === '' || !payload.isWellFormed()) return false
  return secrets.some((secret) => isSignedWith(stripe, payload, header, secret, 'any age'))
}

/** The SDK types its helper as absent on platforms without cryptography; Node is not one of them. */
function signatureHelper(stripe: Stripe) {
  if (stripe.webhooks.signature === null) throw new TypeError('the Stripe SDK has no signature helper on this platform')
  return stripe.webhooks.signature
}

function isSignedWith(stripe: Stripe, payload: string, header: string, secret: string, now: Date | 'any age'): boolean {
  try {
    const helper = signatureHelper(stripe)
    // The SDK takes a tolerance of 0 for "no matter how old".
    if (now === 'any age') return helper.verifyHeader(payload, header, secret, 0)
    return helper.verifyHeader(payload, header, secret, TOLERANCE_SECONDS, undefined, now.getTime())
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false
    throw error
  }
}

/** Two byte forms of one text must not both pass: no byte order mark, no invalid UTF-8. */
function decode(body: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    if (!text.startsWith('\uFEFF')) return text
  } catch {
    throw refused('the body is not UTF-8')
  }
  throw refused('the body starts with a byte order mark')
}

function refused(reason: string): DomainError {
  return new DomainError('invalid_webhook', `webhook error: ${reason}`)
}
