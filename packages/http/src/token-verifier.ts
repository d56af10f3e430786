import { type Caller, DomainError, groupKey, isPersonalGroup, text } from '@licenseoperator/domain'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import { type JwksRules, jwksKeys } from './jwks-keys.ts'
import { TOKEN_ALGORITHM, tokenKey } from './token-key.ts'

export interface TokenRules {
  /** HMAC secret shared with the identity service, at least 32 bytes. */
  readonly secret: string | Uint8Array
  /** A token that names an issuer must name this one, and one of the identity provider has to; empty or absent: not checked. */
  readonly issuer?: string
  /** A token that names audiences must name this one, and one of the identity provider has to; empty or absent: not checked. */
  readonly audience?: string
  /** Tokens signed with the secret have to name issuer and audience as well; the identity service of the reference deployment names neither. */
  readonly requireIssuerAndAudience?: boolean
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

/** RFC 8725 3.11: a token made for another use of JWT (`dpop+jwt`, `secevent+jwt`) is none of ours. */
const tokenType = /^(?:application\/)?(?:at\+)?jwt$/i
/** End of the year 9999: what lies beyond is no time. */
const MAX_EXPIRY_SECONDS = 253_402_300_799
/** RFC 5321 4.5.3.1.3 */
const MAX_EMAIL_LENGTH = 254

const Name = text({ max: 255 })
const Strings = z.array(z.string()).catch([])
/** Names that nothing of ours can have belong to nobody. */
const Names = Strings.transform((names) => names.filter((name) => Name.safeParse(name).success))
const User = z.object({
  identity: Name,
  // What is no text counts as none; text that is stored and handed on must be fit for it.
  email: z
    .unknown()
    .optional()
    .transform((email) => (typeof email === 'string' && email.trim() !== '' ? email : undefined))
    .pipe(text({ max: MAX_EMAIL_LENGTH }).optional()),
  roles: Names,
  groups: Names.transform((groups) =>
    [...new Set(groups.map(groupKey))].filter((group) => group !== '' && !isPersonalGroup(group)),
  ),
})

/**
 * Verifies tokens by contract 1.2: HS256 with the secret, and nothing else unless `jwks` pins more; `exp` required, `nbf` honoured, 30 s leeway, a present `iss` or `aud` must match,
 * `user.identity` required. Roles and groups of a wrong type count as none.
 *
 * @throws RangeError when the secret is too short or a PEM
 */
export function createTokenVerifier(rules: TokenRules): TokenVerifier {
  const { secret, jwks, requireIssuerAndAudience = false, now = () => new Date() } = rules
  const shared = tokenKey(secret)
  const remote = jwks === undefined ? undefined : { algorithms: withoutHmac(jwks), keys: jwksKeys(jwks) }
  return {
    async verify(token) {
      // `pat_…` is a personal access token of another service and falls out here: it is no JWT.
      if (token.length > MAX_TOKEN_LENGTH || !compactToken.test(token)) throw unauthorized()
      const algorithm = algorithmOf(token)
      // The header decides which of the two it is and nothing more: each has a list of algorithms and keys of one kind.
      if (!remote?.algorithms.includes(algorithm)) {
        const claims = await verifiedClaims(token, async () => shared(), [TOKEN_ALGORITHM], now())
        return readCaller(claims, rules, requireIssuerAndAudience)
      }
      // Read before a key is looked for: what could not be accepted with any signature must not make us fetch one.
      const claimed = decoded(() => decodeJwt(token))
      readCaller(claimed, rules, true)
      if (!((claimed.exp ?? 0) > now().getTime() / 1000 - LEEWAY_SECONDS)) throw unauthorized()
      return readCaller(await verifiedClaims(token, remote.keys, remote.algorithms, now()), rules, true)
    },
  }
}

/** @throws DomainError `unauthorized` for claims that make nobody a caller here */
function readCaller(claims: JWTPayload, { issuer, audience }: TokenRules, mustName: boolean): Caller {
  const named = matches(claims.iss, issuer, mustName) && matches(claims.aud, audience, mustName)
  const user = User.safeParse(claims.user)
  const inTime = typeof claims.exp === 'number' && claims.exp <= MAX_EXPIRY_SECONDS
  if (!named || !user.success || !inTime) throw unauthorized()
  return { ...user.data, email: user.data.email, scopes: scopesOf(claims) }
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

/** @throws DomainError `unauthorized` also for a token that says it is of another type */
function algorithmOf(token: string): string {
  const { alg, typ } = decoded(() => decodeProtectedHeader(token))
  if (typ !== undefined && !(typeof typ === 'string' && tokenType.test(typ))) throw unauthorized()
  return alg ?? ''
}

function decoded<T>(decode: () => T): T {
  try {
    return decode()
  } catch {
    throw unauthorized()
  }
}

function withoutHmac({ algorithms }: JwksRules): string[] {
  return algorithms.filter((algorithm) => !algorithm.startsWith('HS'))
}

function matches(claim: unknown, expected: string | undefined, mustName: boolean): boolean {
  if (expected === undefined || expected === '') return true
  if (claim === undefined) return !mustName
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
