import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CookieDomain } from '@licenseoperator/api-schemas'
import { createCheckoutSession } from '@licenseoperator/checkout'
import { assertScope, text } from '@licenseoperator/domain'
import {
  callerOf,
  failAs,
  type HttpEnv,
  jsonBody,
  jsonBodyLimits,
  refusals,
  requireCaller,
  signedIn,
} from '@licenseoperator/http'
import type { ApiDeps } from '../api-deps.ts'

const CheckoutRequest = z
  .object({
    lookupKey: text({ max: 255 })
      .optional()
      .meta({ description: 'Lookup key, Stripe price id or slug; may be absent with a coupon code' }),
    organizationName: text({ min: 0, max: 128 }).optional().meta({ description: 'The group that buys' }),
    organizationLongName: text({ min: 0, max: 255 }).optional(),
    couponCode: text({ min: 0, max: 64 }).optional(),
    cookieDomain: CookieDomain.or(z.literal('')).optional(),
    managedProducts: z.int().nonnegative().max(1_000_000).optional().meta({ description: 'Seats; required for tiered products' }),
    signature: z.string().max(4096).optional().meta({ description: 'Accepted and ignored' }),
  })
  .meta({
    id: 'CheckoutSessionRequest',
    examples: [{ lookupKey: 'team-year', organizationName: 'acme', cookieDomain: '.acme.example', managedProducts: 5 }],
  })

const CheckoutSession = z.object({ sessionId: z.string(), url: z.url() }).meta({
  id: 'CheckoutSession',
  examples: [{ sessionId: 'cs_test_a1', url: 'https://checkout.stripe.com/c/pay/cs_test_a1' }],
})

const route = createRoute({
  method: 'post',
  path: '/authlance/license/payments/api/v1/checkout-session',
  operationId: 'createCheckoutSession',
  tags: ['Payments'],
  summary: 'Start a purchase on the hosted checkout page',
  security: signedIn,
  middleware: [failAs('failed to create checkout session', 'invalid request'), requireCaller, jsonBodyLimits()] as const,
  request: { body: jsonBody(CheckoutRequest) },
  responses: {
    200: { description: 'Where to send the customer', content: { 'application/json': { schema: CheckoutSession } } },
    ...refusals(400, 401, 403, 409, 413, 415, 500, 503),
  },
})

export function addCreateCheckoutSession(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    const caller = callerOf(c)
    assertScope(caller, 'payments:checkout', deps.config.requiredScopes)
    const { db, stripe, log, now, config } = deps
    return c.json(
      await createCheckoutSession({ db, stripe, log, now, settings: config.checkout }, caller, c.req.valid('json')),
      200,
    )
  })
}
