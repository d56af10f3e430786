import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CookieDomain, EmailAddress, GroupName, Instant, LicenseText, ProductKey } from '@licenseoperator/api-schemas'
import { assertScope, DomainError, text } from '@licenseoperator/domain'
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
import { issueManually } from '@licenseoperator/licensing'
import type { ApiDeps } from '../api-deps.ts'
import { licenseHeaders } from '../license-answer.ts'

const IssueRequest = z
  .object({
    group: GroupName,
    email: EmailAddress,
    productKey: ProductKey.optional().meta({ description: 'May be absent when there is exactly one signing key' }),
    plan: text({ max: 128 }).optional().meta({ description: 'Default: license_policy.default_plan' }),
    exp: Instant.optional().meta({
      description: 'End of validity, in the future; default: license_policy.default_term_days from now',
    }),
    domain: CookieDomain.optional(),
    managedProducts: z.int().nonnegative().max(2_147_483_647).optional().meta({ description: 'Seats; absent: no seat count' }),
    persist: z.boolean().optional().meta({ description: 'Store the license; default false' }),
    priceLocked: z.boolean().optional().meta({ description: 'Default: license_policy.default_price_locked' }),
  })
  .meta({
    id: 'IssueRequest',
    examples: [
      {
        group: 'acme',
        email: 'owner@acme.example',
        productKey: 'core',
        plan: 'alpha',
        exp: '2099-01-01T00:00:00Z',
        persist: true,
      },
    ],
  })

const route = createRoute({
  method: 'post',
  path: '/authlance/license/internal/issue',
  operationId: 'issueLicense',
  tags: ['Licenses'],
  summary: 'Issue a license by hand; emits no event',
  security: signedIn,
  middleware: [failAs('failed to issue license', 'invalid payload'), requireCaller, jsonBodyLimits()] as const,
  request: { body: jsonBody(IssueRequest) },
  responses: {
    200: { description: 'An equal license was there already', content: { 'text/plain': { schema: LicenseText } } },
    201: { description: 'A new license', content: { 'text/plain': { schema: LicenseText } } },
    ...refusals(400, 401, 403, 409, 413, 415, 500, 503),
  },
})

export function addIssueLicense(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    const caller = callerOf(c)
    const { db, keys, now, config } = deps
    assertScope(caller, 'licenses:issue', config.requiredScopes)
    const { exp, managedProducts, persist, ...request } = c.req.valid('json')
    const { license, created } = await issueManually(
      { keys, db: persist === true ? db : undefined, policy: config.licensePolicy, now },
      caller,
      {
        ...request,
        productKey: request.productKey ?? onlyKeyOf(config.productKeys),
        plan: request.plan,
        domain: request.domain,
        priceLocked: request.priceLocked,
        expiresAt: exp === undefined ? undefined : new Date(exp),
        seats: managedProducts,
      },
    )
    return c.text(license.text, created ? 201 : 200, licenseHeaders(license.licenseId))
  })
}

function onlyKeyOf(productKeys: readonly string[]): string {
  const [only, ...more] = productKeys
  if (only !== undefined && more.length === 0) return only
  throw new DomainError('invalid_payload', 'invalid payload: productKey is required', { field: 'productKey' })
}
