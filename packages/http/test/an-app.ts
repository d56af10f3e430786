import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { DomainError, silentLog, text } from '@licenseoperator/domain'
import { z } from 'zod'
import {
  callerOf,
  cookieGuard,
  cors,
  createTokenVerifier,
  failAs,
  type HttpEnv,
  identifyCaller,
  jsonBody,
  jsonBodyLimits,
  type LogOptions,
  methodNotAllowed,
  mintToken,
  notFound,
  readBody,
  refusals,
  rejectInvalid,
  requestId,
  requireCaller,
  securityHeaders,
  toErrorResponse,
} from '../src/index.ts'

export const SECRET = 'a secret of this test, 32 bytes or more'
export const SHOP = 'https://shop.example.com'
export const NOW = new Date('2026-11-23T12:00:00Z')
export const RULES = { secret: SECRET, issuer: 'licenseoperator', audience: 'dashboard', now: () => NOW }

export const Order = z.object({
  slug: text({ max: 20 }),
  seats: z.int().positive(),
  email: z.email().optional(),
  kind: z.enum(['a', 'b']).optional(),
  tiers: z.array(z.object({ amount: z.int() })).optional(),
})

const json200 = <T extends z.ZodType>(schema: T) => ({
  description: 'The order as it was read',
  content: { 'application/json': { schema } },
})

const publicOrders = createRoute({
  method: 'post',
  path: '/public-orders',
  middleware: [failAs('failed to order', 'invalid order'), jsonBodyLimits()],
  request: { body: jsonBody(Order) },
  responses: { 200: json200(Order), ...refusals(400, 413, 415) },
})

const orders = createRoute({
  method: 'post',
  path: '/orders',
  middleware: [requireCaller, jsonBodyLimits()],
  request: { body: jsonBody(Order) },
  responses: { 200: json200(Order.extend({ by: z.string() })), ...refusals(400, 401, 403) },
})

/** An error as mysql2 throws it. */
export function aDriverError(): Error {
  const error = new Error("Duplicate entry 'ada@acme.test' for key 'users.email'")
  return Object.assign(error, {
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    sqlState: '23000',
    sql: "INSERT INTO users VALUES ('ada@acme.test')",
  })
}

/** Everything together, composed the way the services do. Throws whatever a test sets in `failure` from `GET /fail`. */
export function anApp({ log = silentLog, failure = () => new Error('x') as unknown } = {}): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>({ defaultHook: rejectInvalid() })
  app.use(requestId(), securityHeaders(), cors({ allowedOrigins: [SHOP] }), methodNotAllowed(app))
  app.use(
    identifyCaller(createTokenVerifier(RULES)),
    cookieGuard({ publicOrigin: 'https://api.example.com/base', allowedOrigins: [SHOP] }),
  )
  app.onError(toErrorResponse(log))
  app.notFound(notFound)
  app.get('/public', (c) => c.json({ ok: true }))
  app.get('/me', requireCaller, (c) => c.json(callerOf(c)))
  app.get('/forgot', (c) => c.json(callerOf(c)))
  app.get('/fail', failAs('failed to load product'), () => {
    throw failure()
  })
  app.delete('/orders/:id', requireCaller, (c) => c.body(null, 204))
  app.on(['PUT', 'PATCH'], '/changes/:id', requireCaller, jsonBodyLimits(), async (c) => c.json(await c.req.json(), 200))
  app.post('/raw', async (c) => c.json({ bytes: (await readBody(c)).length }))
  app.openapi(publicOrders, (c) => c.json(c.req.valid('json'), 200))
  app.openapi(orders, (c) => c.json({ ...c.req.valid('json'), by: callerOf(c).identity }, 200))
  app.get('/gone', () => {
    throw new DomainError('not_found', 'no such product')
  })
  return app
}

export function aToken(overrides: Partial<Parameters<typeof mintToken>[0]> = {}): Promise<string> {
  const user = { identity: 'ada', email: 'ada@acme.test', roles: [], groups: [' ACME '] }
  return mintToken({ ...RULES, ttlMs: 60_000, ...user, ...overrides })
}

/** A log that keeps its lines. */
export function keptLines(): { lines: string[]; options: LogOptions } {
  const lines: string[] = []
  return { lines, options: { service: 'test', level: 'debug', write: (line) => lines.push(line) } }
}
