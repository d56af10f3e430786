import type { MiddlewareHandler } from 'hono'
import type { HttpEnv } from './http-env.ts'
import { originOf } from './origin.ts'

const preflightHeaders = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, X-Request-Id',
  'Access-Control-Max-Age': '600',
}

/**
 * Credentialed CORS for configured origins, compared byte by byte. Other origins get no `Access-Control-*` header at all, every answer
 * gets `Vary: Origin`. (hono's own middleware reflects requested headers unless told otherwise and sends the credentials header to
 * everybody.)
 *
 * @throws TypeError when an entry is not an origin, e.g. `*`
 */
export function cors({ allowedOrigins }: { allowedOrigins: readonly string[] }): MiddlewareHandler<HttpEnv> {
  const origins = new Set(allowedOrigins.map(originOf))
  return async (c, next) => {
    const origin = c.req.header('origin')
    const allowed = origin !== undefined && origins.has(origin) ? origin : undefined
    c.header('Vary', 'Origin', { append: true })
    if (allowed !== undefined) {
      c.header('Access-Control-Allow-Origin', allowed)
      c.header('Access-Control-Allow-Credentials', 'true')
      c.header('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After, Content-Disposition')
    }
    const preflight =
      c.req.method === 'OPTIONS' && origin !== undefined && c.req.header('access-control-request-method') !== undefined
    if (preflight) return c.body(null, 204, allowed === undefined ? {} : preflightHeaders)
    return next()
  }
}
