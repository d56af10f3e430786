import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { LicensePage, LicensePageQuery, licenseListItem, pageOf } from '@licenseoperator/api-schemas'
import { assertGroup, assertScope, type Caller } from '@licenseoperator/domain'
import { callerOf, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { listGroupLicenses } from '@licenseoperator/licensing'
import type { ApiDeps } from '../api-deps.ts'

const route = createRoute({
  method: 'get',
  path: '/authlance/license/groups/{groupName}/licenses',
  operationId: 'listGroupLicenses',
  tags: ['Licenses'],
  summary: 'Licenses of a group, newest first',
  security: signedIn,
  middleware: [failAs('failed to list licenses', 'invalid pagination'), requireCaller] as const,
  request: { params: z.object({ groupName: z.string().min(1).max(128) }), query: LicensePageQuery },
  responses: {
    200: {
      description: 'One page; trials, expired and revoked licenses included',
      content: { 'application/json': { schema: LicensePage } },
    },
    ...refusals(400, 401, 403, 500, 503),
  },
})

export function addGroupLicenses(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) =>
    c.json(await groupPage(deps, callerOf(c), c.req.valid('param').groupName, c.req.valid('query')), 200),
  )
}

/** The page that two paths answer with. */
export async function groupPage(
  deps: Pick<ApiDeps, 'db' | 'now' | 'config'>,
  caller: Caller,
  group: string,
  query: z.infer<typeof LicensePageQuery>,
): Promise<z.infer<typeof LicensePage>> {
  assertScope(caller, 'licenses:read', deps.config.requiredScopes)
  assertGroup('group', group)
  const { page, pageSize } = pageOf(query)
  const found = await listGroupLicenses(deps.db, caller, { group, plan: query.plan, page, pageSize })
  const now = deps.now()
  return { items: found.items.map((license) => licenseListItem(license, now)), page, pageSize, total: found.total }
}
