import { type Caller, DomainError, groupKey } from '@licenseoperator/domain'
import { decodeProtectedHeader, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import { type JwksRules, jwksKeys } from './jwks-keys.ts'
import { TOKEN_ALGORITHM, tokenKey } from './token-key.ts'

export interface TokenRules {
  /** HMAC secret shared with the identity service, at least 32 bytes. */
  readonly secret: string | Uint8Array
  /** A token that names an issuer must name this one; empty or absent: not checked. */
  readonly issuer?: string
  /** A token that names audiences must name this one; empty or absent: not checked. */
  readonly audience?: string
  /** An identity provider that signs with keys of its own; absent: HS256 with the secret is all there is. */
  readonly jwks?: JwksRules | undefined
  readonly now?: () => Date
}

export interface TokenVerifier {
  /** @throws DomainError `unauthorized`, the same for every reason; `temporarily_unavailable` while an identity provider's keys cannot be fetched */
  verify(token: string): Promise<Caller>
}

/** Tolerated difference between the clocks of the identity service and ours, seconds (contract 1.2). */
const LEEWAY_SECONDS = 30
/** The header block ends at 16 KiB; a cookie may not be larger either. */
const MAX_TOKEN_LENGTH = 8 * 1024
/** Three base64url parts. jose would take padding and blanks, too. */
const compactToken = /^[\w-]+\.[\w-]+\.[\w-]+$/

const Strings = z.array(z.string()).catch([])
const User = z.object({
  identity: z
    .string()
    .max(255)
    .refine((identity) => identity.trim() !== ''),
  email: z.string().optional().catch(undefined),
  roles: Strings,
  groups: Strings.transform((groups) => [...new Set(groups.map(groupKey))].filter((group) => group !== '')),
})

/**
 * Verifies tokens by contract 1.2: HS256 with the secret, and nothing else unless `jwks` pins more; `exp` required, `nbf` honoured, 30 s leeway, a present `iss` or `aud` must match,
 * `user.identity` required. Roles and groups of a wrong type count as none.
 *
 * @throws RangeError when the secret is too short or a PEM
 */
export function createTokenVerifier({ secret, issuer, audience, jwks, now = () => new Date() }: TokenRules): TokenVerifier {
  const shared = tokenKey(secret)
  const remote = jwks === undefined ? undefined : { algorithms: withoutHmac(jwks), keys: jwksKeys(jwks) }
  return {
    async verify(token) {
      // `pat_…` is a personal access token of another service and falls out here: it is no JWT.
      if (token.length > MAX_TOKEN_LENGTH || !compactToken.test(token)) throw unauthorized()
      // The header decides which of the two it is and nothing more: each has a list of algorithms and keys of one kind.
      const claims = remote?.algorithms.includes(algorithmOf(token))
        ? await verifiedClaims(token, remote.keys, remote.algorithms, now())
        : await verifiedClaims(token, async () => shared(), [TOKEN_ALGORITHM], now())
      if (!matches(claims.iss, issuer) || !matches(claims.aud, audience)) throw unauthorized()
      const user = User.safeParse(claims.user)
      if (!user.success) throw unauthorized()
      return { ...user.data, email: user.data.email, scopes: scopesOf(claims) }
    },
  }
}

async function verifiedClaims(
  token: string,
  keys: JWTVerifyGetKey,
  algorithms: string[],
  currentDate: Date,
): Promise<JWTPayload> {
  try {
    const rules = { algorithms, requiredClaims: ['exp'], clockTolerance: LEEWAY_SECONDS, currentDate }
    return (await jwtVerify(token, keys, rules)).payload
  } catch (error) {
    if (error instanceof DomainError) throw error
    // Neither the reason nor the claims may leave: bad and expired tokens must look alike.
    throw unauthorized()
  }
}

function algorithmOf(token: string): string {
  try {
    return decodeProtectedHeader(token).alg ?? ''
  } catch {
    throw unauthorized()
  }
}

function withoutHmac({ algorithms }: JwksRules): string[] {
  return algorithms.filter((algorithm) => !algorithm.startsWith('HS'))
}

function matches(claim: unknown, expected: string | undefined): boolean {
  if (claim === undefined || expected === undefined || expected === '') return true
  return Array.isArray(claim) ? claim.includes(expected) : claim === expected
}

/** Scopes only narrow: of two claims both count, and a claim of a wrong type names nothing. */
function scopesOf(claims: JWTPayload): string[] | undefined {
  const lists = ['scope', 'scp'].filter((name) => name in claims).map((name) => scopeList(claims[name]))
  const [first, second = first] = lists
  return first?.filter((scope) => second?.includes(scope))
}

function scopeList(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '')
  return Strings.parse(claim)
}

function unauthorized(): DomainError {
  return new DomainError('unauthorized', 'unauthorized')
}
