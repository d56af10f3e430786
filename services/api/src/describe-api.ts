import type { OpenAPIHono } from '@hono/zod-openapi'
import { type HttpEnv, securitySchemes } from '@licenseoperator/http'

const tags = [
  { name: 'Catalog', description: 'What is on sale. Public' },
  { name: 'Licenses', description: 'Trials, issuance and download' },
  { name: 'Payments', description: "Checkout on Stripe's hosted page, and what follows it" },
  { name: 'Reports', description: 'For system administrators' },
  { name: 'Administration', description: 'Products and coupons. For system administrators, while the operator license is good' },
]

/** OpenAPI 3.1 of every route, generated from the schemas that validate. */
export function describeApi(app: OpenAPIHono<HttpEnv>): ReturnType<typeof app.getOpenAPI31Document> {
  for (const [name, scheme] of Object.entries(securitySchemes))
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'License Operator',
      version: '1.0.0',
      description:
        'Sells, signs, stores and lists licenses for self-hosted software. Money is in minor units of its currency, instants are RFC 3339 in UTC. Refusals have one shape, `Error`, whose `code` is from a closed list. Unknown fields are ignored and `null` equals absent.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    tags,
  })
}
