import { DomainError } from '@licenseoperator/domain'
import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose'

export interface JwksRules {
  /** Where an identity provider publishes its public keys. */
  readonly url: string
  /** Signatures that its tokens may carry, e.g. `RS256`. HS256 never: a public key must not become a shared secret. */
  readonly algorithms: readonly string[]
}

/** For the whole answer, its last byte included. */
const TIMEOUT_MS = 3000
/** Some hundred keys; providers publish a handful. */
const MAX_ANSWER_BYTES = 256 * 1024
/** Between two fetches, whatever became of the first: tokens must not be a way to make us knock at a provider's door that is closed. */
const FETCH_PAUSE_MS = 10_000

/**
 * The provider's keys by the token's key id; fetched when one is needed, kept, and fetched again when a token names one that is not known, at most twice a
 * minute. A fetch that failed is tried again after ten seconds, by the next token that needs a key. What a token's header says about where keys
 * are (`jku`, `jwk`, `x5u`) is never looked at.
 *
 * @throws DomainError `temporarily_unavailable` from the returned function while the provider does not answer
 */
export function jwksKeys({ url }: JwksRules): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
    [customFetch]: withPauses(fetchBounded),
  })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (saysNo(error)) throw error
      throw new DomainError('temporarily_unavailable', 'temporarily unavailable', { cause: error })
    }
  }
}

function withPauses(next: FetchImplementation): FetchImplementation {
  let nextAt = 0
  return async (url, options) => {
    if (Date.now() < nextAt) throw new Error('the identity provider was asked a moment ago')
    nextAt = Date.now() + FETCH_PAUSE_MS
    return next(url, options)
  }
}

/** Reads the answer itself: the client would take whatever comes, however much. */
const fetchBounded: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer of the identity provider is too large')
    chunks.push(chunk)
  }
  return new Response(Buffer.concat(chunks), { status: response.status })
}

/** No key, or not exactly one, fits the token: that is about the token, everything else about the provider. */
function saysNo(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
}
