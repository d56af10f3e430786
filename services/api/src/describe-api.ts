import type { OpenAPIHono } from '@hono/zod-openapi'
import { type HttpEnv, securitySchemes } from '@licenseoperator/http'
import { describeOperations } from './reference/describe-operations.ts'
import { describeWebhooks } from './reference/describe-webhooks.ts'
import { introduction, tags } from './reference/first-integration.ts'

/** Where samples ask when the configuration does not say where we are. */
const SOMEWHERE = 'https://licenses.example.com'

/**
 * OpenAPI 3.1 of every route, generated from the schemas that validate, with what the reference says beside them.
 *
 * @param baseUrl  where customers reach the API, for the code samples
 */
export function describeApi(app: OpenAPIHono<HttpEnv>, baseUrl: string = SOMEWHERE): ReturnType<typeof app.getOpenAPI31Document> {
  for (const [name, scheme] of Object.entries(securitySchemes))
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  describeWebhooks(app)
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'License Operator',
      version: '1.0.0',
      description: introduction,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags,
  })
  describeOperations(document, baseUrl.replace(/\/+$/, ''))
  return document
}
