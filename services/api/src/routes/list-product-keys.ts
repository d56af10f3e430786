import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { productOfKey } from '@licenseoperator/catalog'
import { products, reading } from '@licenseoperator/db'
import { failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { assertOperatorLicense } from '@licenseoperator/licensing'
import type { ApiDeps } from '../api-deps.ts'

const ProductKeys = z
  .object({
    keys: z.array(
      z.object({
        productKey: z.string(),
        priceMode: z.enum(['fixed', 'tiered']).optional().meta({ description: 'Absent while no active product uses the key' }),
        productType: z.enum(['subscription', 'one_off']).optional(),
      }),
    ),
  })
  .meta({ id: 'ProductKeys', examples: [{ keys: [{ productKey: 'core', priceMode: 'fixed', productType: 'one_off' }] }] })

const route = createRoute({
  method: 'get',
  path: '/authlance/license/product-keys',
  operationId: 'listProductKeys',
  tags: ['Licenses'],
  summary: 'The product keys that licenses can be signed for',
  security: signedIn,
  middleware: [failAs('failed to list product keys'), requireCaller] as const,
  responses: {
    200: {
      description: 'One entry per signing key, in the order of the configuration; never key material',
      content: { 'application/json': { schema: ProductKeys } },
    },
    ...refusals(401, 403, 500, 503),
  },
})

export function addListProductKeys(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    assertOperatorLicense(deps.operatorLicense)
    const active = await reading(() => products.listActive(deps.db))
    const keys = deps.config.productKeys.map((productKey) => {
      const product = productOfKey(active, productKey)
      return product === undefined ? { productKey } : { productKey, priceMode: product.pricingMode, productType: product.type }
    })
    return c.json({ keys }, 200)
  })
}
