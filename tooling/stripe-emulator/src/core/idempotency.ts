import { createHash } from 'node:crypto'
import type { Clock } from './clock.ts'
import { StripeError } from './stripe-error.ts'

export interface SavedAnswer {
  status: number
  body: string
  requestId: string
}

/** Keys are the account's, whichever of its API keys a request used; an emulator is one account. */
export interface IdempotencyKeys {
  /**
   * Claims a key for a request. Returns the saved answer of its first use, or `undefined` when this is the first.
   *
   * @throws StripeError 400 `idempotency_error` for other parameters, 409 `idempotency_key_in_use` while the first still runs
   */
  claim(key: string, fingerprint: string): SavedAnswer | undefined
  save(key: string, answer: SavedAnswer): void
  /** Forgets a claim whose answer is not to be remembered. */
  release(key: string): void
  clear(): void
}

interface Entry {
  fingerprint: string
  claimedAtMs: number
  answer: SavedAnswer | undefined
}

const keptMs = 24 * 60 * 60 * 1000

export function createIdempotencyKeys(clock: Clock): IdempotencyKeys {
  const entries = new Map<string, Entry>()
  return {
    claim(key, fingerprint) {
      if (key.length > 255) {
        throw new StripeError(
          400,
          { type: 'invalid_request_error', message: 'Idempotency key is too long. The maximum length is 255 characters.' },
          false,
        )
      }
      const entry = entries.get(key)
      if (entry === undefined || clock.nowMs() - entry.claimedAtMs >= keptMs) {
        entries.set(key, { fingerprint, claimedAtMs: clock.nowMs(), answer: undefined })
        return undefined
      }
      if (entry.fingerprint !== fingerprint) {
        const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
        throw new StripeError(400, { type: 'idempotency_error', message }, false)
      }
      if (entry.answer === undefined) {
        const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`
        throw new StripeError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message }, false)
      }
      return entry.answer
    },
    save(key, answer) {
      const entry = entries.get(key)
      if (entry !== undefined) entry.answer = answer
    },
    release(key) {
      entries.delete(key)
    },
    clear: () => entries.clear(),
  }
}

/** Same method, path and parameters, in whatever order they were written. */
export function fingerprintOf(method: string, path: string, body: string): string {
  const pairs = [...new URLSearchParams(body)].map((pair) => JSON.stringify(pair)).sort()
  return createHash('sha256')
    .update(`${method} ${path}\n${pairs.join('\n')}`)
    .digest('hex')
}
