import type { MiddlewareHandler } from 'hono'
import { every } from 'hono/combine'
import { secureHeaders } from 'hono/secure-headers'
import type { HttpEnv } from './http-env.ts'

/** A year, for this host: what else the owner of the domain serves on other names is not ours to force to TLS. */
const HSTS = 'max-age=31536000'

/**
 * Hono's secure headers with a policy that lets nothing load or frame, which a page of ours replaces by its own; and `no-store` on whatever was
 * answered to an identified caller, unless the route said otherwise.
 *
 * @param hsts  also `Strict-Transport-Security`, for what browsers talk to; they heed it only where it came through TLS
 */
export function securityHeaders({ hsts = false }: { hsts?: boolean } = {}): MiddlewareHandler<HttpEnv> {
  const headers = secureHeaders({
    overwrite: false,
    strictTransportSecurity: hsts && HSTS,
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    xFrameOptions: 'DENY',
  })
  return every(headers, async (c, next) => {
    await next()
    if (c.get('caller') !== undefined && !c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
  })
}
