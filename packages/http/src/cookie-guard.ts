import type { MiddlewareHandler } from 'hono'
import type { HttpEnv } from './http-env.ts'
import { isJson } from './json-body.ts'
import { originOf } from './origin.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What a form of any site can send without asking first. PUT, PATCH and DELETE need a preflight, which `cors` answers for our origins alone. */
const simple = new Set(['POST'])

export interface SiteOrigins {
  /** URL under which this service is reached; its origin is what counts. */
  readonly publicOrigin: string | undefined
  readonly allowedOrigins: readonly string[]
}

/**
 * Rule "Cookie and state change" of contract 1.2: a request that changes state and is authenticated by the cookie must, when it has an
 * `Origin`, come from our own or a configured one, and a POST must be `application/json` besides. Dashboards send DELETE without body and
 * content type. (hono's csrf looks at content types of forms alone and at no cookie.) Comes after `identifyCaller`; the refusal (403) is `requireCaller`'s, because public routes don't look at cookies at all.
 */
export function cookieGuard({ publicOrigin, allowedOrigins }: SiteOrigins): MiddlewareHandler<HttpEnv> {
  const origins = new Set([
    ...(publicOrigin === undefined ? [] : [new URL(publicOrigin).origin]),
    ...allowedOrigins.map(originOf),
  ])
  return async (c, next) => {
    if (c.get('credential')?.source === 'cookie' && !safe.has(c.req.method)) {
      const origin = c.req.header('origin')
      const isOurOrigin = origin === undefined || origins.has(origin)
      const formLike = simple.has(c.req.method) && !isJson(c.req.header('content-type') ?? '')
      if (!isOurOrigin || formLike) c.set('crossSite', true)
    }
    await next()
  }
}
