import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { LicensePage, LicensePageQuery, LicenseText } from '@licenseoperator/api-schemas'
import { assertScope, DomainError, LicenseId, looksLikeLicenseId } from '@licenseoperator/domain'
import { callerOf, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { downloadLicense } from '@licenseoperator/licensing'
import type { ApiDeps } from '../api-deps.ts'
import { licenseHeaders, stateHeaders } from '../license-answer.ts'
import { groupPage } from './group-licenses.ts'

/** First segments that are or will be routes of their own; a group so named is reached through `groups/{groupName}/licenses`. */
const RESERVED = new Set([
  'product',
  'products',
  'product-keys',
  'admin',
  'groups',
  'trial',
  'internal',
  'payments',
  'stripe',
  'keys',
  'revocations',
  'docs',
  'openapi.json',
])

const route = createRoute({
  method: 'get',
  path: '/authlance/license/{identifier}',
  operationId: 'getLicense',
  tags: ['Licenses'],
  summary: 'A license by its id, or the licenses of a group by its name',
  security: signedIn,
  middleware: [failAs('failed to load license', 'license id required'), requireCaller] as const,
  request: { params: z.object({ identifier: z.string().max(255) }), query: LicensePageQuery },
  responses: {
    200: {
      description: 'The license text exactly as issued, or a page of the group',
      headers: z.object({
        'x-license-status': z
          .enum(['ACTIVE', 'EXPIRED', 'REVOKED'])
          .optional()
          .meta({ description: 'Of a license: what it is now; its text cannot say so' }),
        'x-license-revoked-reason': z
          .string()
          .optional()
          .meta({ description: 'Of a revoked one: admin, dispute_lost, refunded, canceled or superseded' }),
        'x-license-superseded-by': z
          .string()
          .optional()
          .meta({ description: 'The license that a change of plan put in its place' }),
      }),
      content: { 'text/plain': { schema: LicenseText }, 'application/json': { schema: LicensePage } },
    },
    ...refusals(400, 401, 403, 404, 500, 503),
  },
})

export function addDownloadLicense(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  // A path parameter never matches an empty segment, so a client that fills in an empty id would read "not found".
  app.get('/authlance/license/', requireCaller, () => {
    throw idRequired()
  })
  app.openapi(route, async (c) => {
    const caller = callerOf(c)
    const identifier = c.req.valid('param').identifier.trim()
    if (identifier === '') throw idRequired()
    if (RESERVED.has(identifier)) throw new DomainError('not_found', 'not found')
    if (!looksLikeLicenseId(identifier)) {
      c.set('failText', 'failed to list licenses')
      return c.json(await groupPage(deps, caller, identifier, c.req.valid('query')), 200)
    }
    assertScope(caller, 'licenses:read', deps.config.requiredScopes)
    if (!LicenseId.safeParse(identifier).success) throw new DomainError('not_found', 'license not found')
    const license = await downloadLicense(deps.db, caller, identifier)
    return c.text(license.text, 200, { ...licenseHeaders(license.licenseId), ...stateHeaders(license, deps.now()) })
  })
}

function idRequired(): DomainError {
  return new DomainError('invalid_payload', 'license id required', { field: 'identifier' })
}
