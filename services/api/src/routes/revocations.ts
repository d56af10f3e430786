import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { exampleLicense, firstValue } from '@licenseoperator/api-schemas'
import { DomainError } from '@licenseoperator/domain'
import { failAs, type HttpEnv, refusals } from '@licenseoperator/http'
import { matchesEntityTag } from '../answer-catalog-page.ts'
import type { ApiDeps } from '../api-deps.ts'
import { createRevocationView } from '../revocation-view.ts'

const route = createRoute({
  method: 'get',
  path: '/authlance/license/revocations',
  operationId: 'getRevocationList',
  tags: ['Licenses'],
  summary: 'Licenses that are not good any more, signed',
  middleware: [failAs('failed to load revocations')] as const,
  request: {
    query: z.object({
      productKey: z.preprocess(firstValue, z.string().max(128)).optional().meta({
        description: 'Only the list that covers this product key; default: the lists of all signing keys, one after the other',
      }),
      keyId: z.preprocess(firstValue, z.string().max(128)).optional().meta({
        description:
          'Only the list that this signing key signed (SHA-256 of its SubjectPublicKeyInfo): for a verifier that pins one key',
      }),
    }),
  },
  responses: {
    200: {
      description: 'For products that verify offline: packages/signing checks it. A cache may keep it for five minutes',
      content: {
        'text/plain': {
          schema: z.string().meta({ examples: [exampleLicense.revocations] }),
        },
      },
    },
    304: { description: 'Unchanged since the `If-None-Match` entity tag' },
    ...refusals(400, 404, 500, 503),
  },
})

export function addRevocations(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  const view = createRevocationView(deps)
  app.openapi(route, async (c) => {
    const { productKey, keyId } = c.req.valid('query')
    const page = await view.page({
      productKey: productKey?.trim().toLowerCase(),
      keyId: keyId?.trim().toLowerCase(),
    })
    if (page === undefined) throw new DomainError('not_found', 'resource not found')
    const headers = { etag: page.etag, 'cache-control': 'public, max-age=300' }
    if (matchesEntityTag(c.req.header('if-none-match'), page.etag)) return c.body(null, 304, headers)
    return c.text(page.text, 200, { ...headers, 'content-type': 'text/plain; charset=utf-8' })
  })
}
