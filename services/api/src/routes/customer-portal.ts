import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { UrlBody } from '@licenseoperator/api-schemas'
import { openCustomerPortal } from '@licenseoperator/checkout'
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
import { CUSTOMER_ID } from '@licenseoperator/stripe'
import type { ApiDeps } from '../api-deps.ts'

const PortalRequest = z
  .object({
    customerId: z.string().trim().regex(CUSTOMER_ID, 'must be a Stripe customer id'),
  })
  .meta({ id: 'CustomerPortalRequest', examples: [{ customerId: 'cus_2977z9zYn3fHoe' }] })

const route = createRoute({
  method: 'post',
  path: '/authlance/license/payments/api/v1/customer-portal',
  operationId: 'createCustomerPortal',
  tags: ['Payments'],
  summary: "Open Stripe's billing portal for a customer",
  security: signedIn,
  middleware: [
    failAs('failed to create customer portal session', 'customerId required'),
    requireCaller,
    jsonBodyLimits(),
  ] as const,
  request: { body: jsonBody(PortalRequest) },
  responses: {
    200: { description: 'Where to send the customer', content: { 'application/json': { schema: UrlBody } } },
    ...refusals(400, 401, 403, 413, 415, 500, 503),
  },
})

export function addCustomerPortal(app: OpenAPIHono<HttpEnv>, { db, stripe, config }: ApiDeps): void {
  const deps = { db, stripe, requiredScopes: config.requiredScopes, returnUrl: config.portalReturnUrl }
  app.openapi(route, async (c) => c.json(await openCustomerPortal(deps, callerOf(c), c.req.valid('json').customerId), 200))
}
