import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { findSubscriptionOfSession } from '@licenseoperator/checkout'
import { text } from '@licenseoperator/domain'
import {
  callerOf,
  createLimiter,
  failAs,
  type HttpEnv,
  jsonBody,
  jsonBodyLimits,
  refusals,
  requireCaller,
  signedIn,
} from '@licenseoperator/http'
import type { ApiDeps } from '../api-deps.ts'

const SessionRequest = z
  .object({ sessionId: text({ max: 255 }) })
  .meta({ id: 'SessionIdRequest', examples: [{ sessionId: 'cs_test_a1' }] })
const SubscriptionId = z
  .object({ subscriptionId: z.string() })
  .meta({ id: 'SubscriptionId', examples: [{ subscriptionId: 'sub_1MowQVLkdIwHu7ix' }] })

const route = createRoute({
  method: 'post',
  path: '/authlance/license/payments/api/v1/session-id',
  operationId: 'resolveSubscription',
  tags: ['Payments'],
  summary: 'The subscription that a checkout session started',
  security: signedIn,
  middleware: [failAs('failed to resolve subscription', 'sessionId required'), requireCaller, jsonBodyLimits()] as const,
  request: { body: jsonBody(SessionRequest) },
  responses: {
    200: { description: 'Its Stripe id', content: { 'application/json': { schema: SubscriptionId } } },
    ...refusals(400, 401, 403, 404, 413, 415, 500, 503),
  },
})

/** Sessions that Stripe does not know, per identity and minute: each is a request to Stripe, whose rate limit checkouts share. */
const GUESSES_PER_MINUTE = 20

export function addSessionId(app: OpenAPIHono<HttpEnv>, { db, stripe, config, log }: ApiDeps): void {
  const guesses = createLimiter({ name: 'session-id', limit: GUESSES_PER_MINUTE, windowMs: 60_000, log })
  const deps = { db, stripe, requiredScopes: config.requiredScopes, guesses }
  app.openapi(route, async (c) => {
    const subscriptionId = await findSubscriptionOfSession(deps, callerOf(c), c.req.valid('json').sessionId.trim())
    return c.json({ subscriptionId }, 200)
  })
}
