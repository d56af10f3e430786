import type { MiddlewareHandler } from 'hono'
import type { HttpEnv } from './http-env.ts'

/**
 * `nosniff` and a policy that lets nothing load; `no-store` on whatever was answered to an identified caller, unless the route said
 * otherwise.
 *
 * @param hsts  also `Strict-Transport-Security` for a year; only when the service is reached through TLS
 */
export function securityHeaders({ hsts = false }: { hsts?: boolean } = {}): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await next()
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'no-referrer')
    if (hsts) c.header('Strict-Transport-Security', 'max-age=31536000')
    if (!c.res.headers.has('Content-Security-Policy'))
      c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    if (c.get('caller') !== undefined && !c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
  }
}
