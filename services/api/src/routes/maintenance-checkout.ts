import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { GroupName, UrlBody } from '@licenseoperator/api-schemas'
import { startMaintenanceCheckout } from '@licenseoperator/checkout'
import { text } from '@licenseoperator/domain'
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

const MaintenanceRequest = z
  .object({ licenseId: text({ max: 128 }), groupName: GroupName })
  .meta({ id: 'MaintenanceCheckoutRequest', examples: [{ licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD', groupName: 'acme' }] })

const route = createRoute({
  method: 'post',
  path: '/authlance/license/payments/api/v1/maintenance-checkout',
  operationId: 'createMaintenanceCheckout',
  tags: ['Payments'],
  summary: 'Pay for a year of maintenance of a perpetual license',
  security: signedIn,
  middleware: [failAs('failed to create maintenance checkout', 'invalid request'), requireCaller, jsonBodyLimits()] as const,
  request: { body: jsonBody(MaintenanceRequest) },
  responses: {
    200: { description: 'Where to send the customer', content: { 'application/json': { schema: UrlBody } } },
    ...refusals(400, 401, 403, 413, 415, 500, 503),
  },
})

export function addMaintenanceCheckout(app: OpenAPIHono<HttpEnv>, { db, stripe, config, log }: ApiDeps): void {
  const { requiredScopes, checkout, maintenancePriceLookupKey } = config
  const deps = {
    db,
    stripe,
    log,
    requiredScopes,
    urls: checkout,
    automaticTax: checkout.automaticTax,
    priceLookupKey: maintenancePriceLookupKey,
  }
  app.openapi(route, async (c) => {
    const { licenseId, groupName } = c.req.valid('json')
    return c.json(await startMaintenanceCheckout(deps, callerOf(c), { licenseId: licenseId.trim(), groupName }), 200)
  })
}
