import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CheckoutStateBody, checkoutStateBody } from '@licenseoperator/api-schemas'
import { readCheckoutState } from '@licenseoperator/checkout'
import { text } from '@licenseoperator/domain'
import { callerOf, createLimiter, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import type { ApiDeps } from '../api-deps.ts'

const route = createRoute({
  method: 'get',
  path: '/authlance/license/payments/api/v1/checkout-sessions/{id}',
  operationId: 'getCheckoutState',
  tags: ['Payments'],
  summary: 'Whether a checkout session has its license yet, and which',
  description:
    'For the page to which the customer returns: ask once a second until the status is `complete`. One-off purchases, subscriptions, bundles and renewed maintenance answer alike; a session of another group is as unknown as one that does not exist.',
  security: signedIn,
  middleware: [failAs('failed to load checkout session', 'invalid checkout session'), requireCaller] as const,
  request: {
    params: z.object({
      id: text({ max: 255 }).meta({
        description: '`sessionId` of the answer that started the purchase',
        examples: ['cs_test_a1'],
      }),
    }),
  },
  responses: {
    200: {
      description: 'What became of it',
      headers: z.object({ 'cache-control': z.literal('no-store') }),
      content: { 'application/json': { schema: CheckoutStateBody } },
    },
    ...refusals(400, 401, 403, 404, 500, 503),
  },
})

/** Of one session and instance: enough for whoever waits for it, and Stripe's rate limit is shared with checkouts. */
const ASK_EVERY_MS = 2000

export function addCheckoutState(app: OpenAPIHono<HttpEnv>, { db, stripe, config, log, now }: ApiDeps): void {
  const asks = createLimiter({ name: 'checkout-state', limit: 1, windowMs: ASK_EVERY_MS, log })
  const onUnknown = (sessionId: string) => log.warn('Stripe could not be asked what became of a session', { sessionId })
  const deps = { db, stripe, now, requiredScopes: config.requiredScopes, asks, onUnknown }
  app.openapi(route, async (c) => {
    const state = await readCheckoutState(deps, callerOf(c), c.req.valid('param').id)
    return c.json(checkoutStateBody(state), 200, { 'cache-control': 'no-store' })
  })
}
