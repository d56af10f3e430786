import { type Caller, DomainError, isDomainError } from '@licenseoperator/domain'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Credential, HttpEnv } from './http-env.ts'
import type { TokenVerifier } from './token-verifier.ts'

/** Name of the cookie in which a logged-in dashboard sends its token (contract 1.2). */
export const SESSION_COOKIE = 'loopToken'

/**
 * Finds the request's token, without judging it: public routes ignore credentials, valid or not. The `Authorization` header wins over the
 * cookie, with no way back: an invalid header is not rescued by a valid cookie.
 *
 * @param onRefused  called when a credential is refused, before the 401; may refuse in another way. A provider that is away refuses nothing
 */
export function identifyCaller(
  verifier: TokenVerifier,
  { onRefused }: { onRefused?: (c: Context<HttpEnv>) => Promise<void> } = {},
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const credential = credentialOf(c)
    if (credential !== undefined) {
      c.set('credential', credential)
      c.set('identify', async () => {
        try {
          return await verifier.verify(credential.token)
        } catch (error) {
          if (isDomainError(error, 'unauthorized')) await onRefused?.(c)
          throw error
        }
      })
    }
    await next()
  }
}

/**
 * For protected routes: verifies the token and sets the caller.
 *
 * @throws DomainError `unauthorized` without a valid token; `forbidden` when `cookieGuard` found a cross-site request
 */
export const requireCaller: MiddlewareHandler<HttpEnv> = async (c, next) => {
  if (c.get('crossSite') === true) throw new DomainError('forbidden', 'forbidden')
  const caller = await c.get('identify')?.()
  if (caller === undefined) throw unauthorized()
  c.set('caller', { ...caller, requestId: c.get('requestId') })
  await next()
}

/**
 * The caller that `requireCaller` established.
 *
 * @throws DomainError `unauthorized` on a route that forgot `requireCaller`, so that the mistake closes the route instead of opening it
 */
export function callerOf(c: Context<HttpEnv>): Caller {
  const caller = c.get('caller')
  if (caller === undefined) throw unauthorized()
  return caller
}

function credentialOf(c: Context<HttpEnv>): Credential | undefined {
  const header = c.req.header('authorization')
  if (header !== undefined) return { source: 'header', token: header.replace(/^bearer +/i, '') }
  const token = getCookie(c, SESSION_COOKIE)
  return token === undefined || token === '' ? undefined : { source: 'cookie', token }
}

function unauthorized(): DomainError {
  return new DomainError('unauthorized', 'unauthorized')
}
