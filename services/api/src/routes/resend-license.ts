import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { NotificationBody, notificationBody } from '@licenseoperator/api-schemas'
import { DomainError, LicenseId } from '@licenseoperator/domain'
import { callerOf, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { resendLicense } from '@licenseoperator/mail'
import type { ApiDeps } from '../api-deps.ts'

const route = createRoute({
  method: 'post',
  path: '/authlance/license/admin/licenses/{licenseId}/resend',
  operationId: 'resendLicense',
  tags: ['Administration'],
  summary: 'Mail a license to its buyer once more',
  description:
    'To the address that the license was sold to. One that was asked for and waits is not asked for again: the answer is then that mail.',
  security: signedIn,
  middleware: [failAs('failed to resend license', 'invalid request'), requireCaller] as const,
  request: { params: z.object({ licenseId: z.string().max(255) }) },
  responses: {
    202: { description: 'The mail, which waits to be sent', content: { 'application/json': { schema: NotificationBody } } },
    ...refusals(400, 401, 403, 404, 500, 503),
  },
})

export function addResendLicense(app: OpenAPIHono<HttpEnv>, { db, now, config }: ApiDeps): void {
  const deps = { db, now, sender: config.mailSender, requiredScopes: config.requiredScopes }
  app.openapi(route, async (c) => {
    const { licenseId } = c.req.valid('param')
    if (!LicenseId.safeParse(licenseId).success) throw new DomainError('not_found', 'license not found')
    return c.json(notificationBody(await resendLicense(deps, callerOf(c), licenseId)), 202)
  })
}
