import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CookieDomain, EmailAddress, GroupName, LicenseText, ProductKey } from '@licenseoperator/api-schemas'
import { assertScope, DomainError, isPersonalGroup } from '@licenseoperator/domain'
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
import { issueTrial } from '@licenseoperator/licensing'
import type { ApiDeps } from '../api-deps.ts'
import { licenseHeaders } from '../license-answer.ts'

const TrialRequest = z
  .object({
    domain: CookieDomain,
    email: EmailAddress.optional().meta({ description: "Default: the token's address" }),
    productKey: ProductKey.optional().meta({ description: 'Default: the product key of the default product' }),
  })
  .meta({
    id: 'TrialRequest',
    examples: [{ domain: '.acme.example', email: 'owner@acme.example', productKey: 'core' }],
  })

const route = createRoute({
  method: 'post',
  path: '/authlance/license/trial/{group}/issue',
  operationId: 'issueTrial',
  tags: ['Licenses'],
  summary: 'The one trial of a group: a new one, or the one that is running',
  security: signedIn,
  middleware: [failAs('failed to issue trial', 'invalid payload'), requireCaller, jsonBodyLimits()] as const,
  request: { params: z.object({ group: GroupName }), body: jsonBody(TrialRequest) },
  responses: {
    200: { description: 'The trial that is running', content: { 'text/plain': { schema: LicenseText } } },
    201: { description: 'A new trial', content: { 'text/plain': { schema: LicenseText } } },
    ...refusals(400, 401, 403, 409, 413, 415, 500, 503),
  },
})

export function addIssueTrial(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    const caller = callerOf(c)
    const { db, keys, now, config } = deps
    assertScope(caller, 'trials:issue', config.requiredScopes)
    const { group } = c.req.valid('param')
    if (config.checkout.requireGroupName && isPersonalGroup(group)) throw new DomainError('forbidden', 'forbidden')
    const { domain, email, productKey } = c.req.valid('json')
    const trial = await issueTrial({ db, keys, now, rules: config.trials, defaults: config.checkout }, caller, {
      group,
      domain,
      email,
      productKey,
    })
    return c.text(trial.text, trial.created ? 201 : 200, licenseHeaders(trial.licenseId))
  })
}
