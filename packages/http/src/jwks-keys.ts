import { DomainError } from '@licenseoperator/domain'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'

export interface JwksRules {
  /** Where an identity provider publishes its public keys. */
  readonly url: string
  /** Signatures that its tokens may carry, e.g. `RS256`. HS256 never: a public key must not become a shared secret. */
  readonly algorithms: readonly string[]
}

const TIMEOUT_MS = 3000

/**
 * The provider's keys by the token's key id; fetched when one is needed, kept, and fetched again when a token names one that is not known, at most twice a
 * minute. What a token's header says about where keys are (`jku`, `jwk`, `x5u`) is never looked at.
 *
 * @throws DomainError `temporarily_unavailable` from the returned function while the provider does not answer
 */
export function jwksKeys({ url }: JwksRules): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: TIMEOUT_MS, cooldownDuration: 30_000, cacheMaxAge: 600_000 })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (saysNo(error)) throw error
      throw new DomainError('temporarily_unavailable', 'temporarily unavailable', { cause: error })
    }
  }
}

/** No key, or not exactly one, fits the token: that is about the token, everything else about the provider. */
function saysNo(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
}
