import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { LicenseText } from '@licenseoperator/api-schemas'
import { DomainError, LicenseId } from '@licenseoperator/domain'
import { callerOf, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { findLinkedLicense, linkKeyOf, revokeLinks } from '@licenseoperator/mail'
import type { ApiDeps } from '../api-deps.ts'
import { licenseHeaders, stateHeaders } from '../license-answer.ts'
import { LINK_PAGE_POLICY, licenseLinkPage } from '../license-link-page.ts'

const BASE = '/authlance/license/l/{token}'
/** Longer ones are none of ours; a limit of its own would tell them from others. */
const Token = z.object({ token: z.string() })
/** Whoever has the address has the license: nothing may keep it, pass it on or list it. */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' }

const page = createRoute({
  method: 'get',
  path: BASE,
  operationId: 'getLicenseLink',
  // For people with a mail: no program calls it, so the description leaves it out.
  hide: true,
  tags: ['Licenses'],
  summary: 'The page of a signed link: what was bought, its state, its file',
  description: 'No login: mails hold such links. One that is forged, over or revoked is as unknown as a path that there is not.',
  middleware: [failAs('failed to load license')] as const,
  request: { params: Token },
  responses: {
    200: {
      description: 'A page for people',
      content: { 'text/html': { schema: z.string().meta({ examples: ['<!doctype html>…'] }) } },
    },
    ...refusals(404, 500, 503),
  },
})

const file = createRoute({
  method: 'get',
  path: `${BASE}/file`,
  operationId: 'getLinkedLicense',
  hide: true,
  tags: ['Licenses'],
  summary: 'The license of a signed link',
  middleware: [failAs('failed to load license')] as const,
  request: { params: Token },
  responses: {
    200: { description: 'The license text exactly as issued', content: { 'text/plain': { schema: LicenseText } } },
    ...refusals(404, 500, 503),
  },
})

const revoke = createRoute({
  method: 'post',
  path: '/authlance/license/admin/licenses/{licenseId}/revoke-links',
  operationId: 'revokeLicenseLinks',
  tags: ['Administration'],
  summary: 'No signed link of a license that was made until now opens anything',
  security: signedIn,
  middleware: [failAs('failed to revoke links', 'invalid request'), requireCaller] as const,
  request: { params: z.object({ licenseId: z.string().max(255) }) },
  responses: { 204: { description: 'Revoked' }, ...refusals(400, 401, 403, 404, 500, 503) },
})

export function addLicenseLink(app: OpenAPIHono<HttpEnv>, { db, now, config }: ApiDeps): void {
  const deps = { db, now, linkKey: linkKeyOf(config.token.secret), requiredScopes: config.requiredScopes }
  app.openapi(page, async (c) => {
    const { token } = c.req.valid('param')
    const found = await findLinkedLicense(deps, token)
    const text = licenseLinkPage({ ...found, download: `${token}/file`, portal: config.portalReturnUrl, now: now() })
    return c.html(text, 200, { ...PRIVATE, 'content-security-policy': LINK_PAGE_POLICY })
  })
  app.openapi(file, async (c) => {
    const { license } = await findLinkedLicense(deps, c.req.valid('param').token)
    const headers = { ...licenseHeaders(license.licenseId), ...stateHeaders(license, now()), ...PRIVATE }
    return c.text(license.text, 200, headers)
  })
  app.openapi(revoke, async (c) => {
    const { licenseId } = c.req.valid('param')
    if (!LicenseId.safeParse(licenseId).success) throw new DomainError('not_found', 'license not found')
    await revokeLinks(deps, callerOf(c), licenseId)
    return c.body(null, 204)
  })
}
