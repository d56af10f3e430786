import type { Log } from '@licenseoperator/domain'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { HttpEnv } from './http-env.ts'
import type { Metrics } from './metrics.ts'

const quiet = new Set(['/healthz', '/readyz', '/metrics'])
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * One line per answered request: method, route pattern, status, milliseconds. The pattern, not the path, and no query, because both can hold
 * names and tokens. With `metrics` the same goes into `http_requests_total` and `http_request_duration_seconds`.
 */
export function accessLog(log: Log, metrics?: Metrics): MiddlewareHandler<HttpEnv> {
  const labels = ['method', 'route', 'status'] as const
  const total = metrics?.counter('http_requests_total', 'Answered HTTP requests', labels)
  const duration = metrics?.histogram('http_request_duration_seconds', 'Time from the request head to the answer', ['route'])
  return async (c, next) => {
    const start = performance.now()
    await next()
    const ms = Math.round((performance.now() - start) * 10) / 10
    // Only known words become metric labels: a client must not be able to grow the registry.
    const method = knownMethods.has(c.req.method) ? c.req.method : 'OTHER'
    const route = routeOf(c)
    const status = c.res.status
    total?.inc({ method, route, status: String(status) })
    duration?.observe({ route }, ms / 1000)
    log[quiet.has(route) ? 'debug' : 'info']('request', { requestId: c.get('requestId'), method, route, status, ms })
  }
}

/** Path pattern of the handler that this request reaches, `(no route)` when there is none. */
export function routeOf(c: Context): string {
  return matchedRoutes(c).findLast((route) => route.method !== 'ALL')?.path ?? '(no route)'
}

/** False when the request is on its way to a 404 or 405. Middleware is registered for all methods, handlers for one. */
export function hasHandler(c: Context): boolean {
  return matchedRoutes(c).some((route) => route.method !== 'ALL')
}
