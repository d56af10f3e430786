import { SignJWT } from 'jose'
import { TOKEN_ALGORITHM, tokenKey } from './token-key.ts'

export interface TokenRequest {
  readonly secret: string | Uint8Array
  readonly issuer?: string
  readonly audience?: string
  readonly ttlMs: number
  readonly now?: () => Date
  readonly identity: string
  readonly email?: string
  readonly roles: readonly string[]
  readonly groups: readonly string[]
  /** Surfaces the token is narrowed to; absent: judged by its roles alone. */
  readonly scopes?: readonly string[]
}

/**
 * A token that `createTokenVerifier` with the same secret, issuer and audience accepts (claims of contract 1.2).
 *
 * @throws RangeError when the secret is unfit or `ttlMs` is below one second
 */
export async function mintToken(request: TokenRequest): Promise<string> {
  const { issuer = '', audience = '', email, scopes, ttlMs, now = () => new Date() } = request
  if (!(ttlMs >= 1000)) throw new RangeError('a token must live for at least one second')
  const issuedAt = Math.floor(now().getTime() / 1000)
  const user = {
    identity: request.identity,
    ...(email === undefined ? {} : { email }),
    roles: request.roles,
    groups: request.groups,
    groupRoles: [],
    verified: true,
  }
  const token = new SignJWT({ user, ...(scopes === undefined ? {} : { scope: scopes.join(' ') }) })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.floor(ttlMs / 1000))
  if (issuer !== '') token.setIssuer(issuer)
  if (audience !== '') token.setAudience(audience)
  return token.sign(await tokenKey(request.secret)())
}
