import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { coupons, products, reading } from '@licenseoperator/db'
import { failAs, type HttpEnv, refusals } from '@licenseoperator/http'
import type { ApiDeps } from '../app.ts'
import { bundledProducts } from '../bundled-products.ts'
import { PublicProduct, publicProduct } from '../schemas/public-product.ts'

const route = createRoute({
  method: 'get',
  path: '/authlance/license/products',
  operationId: 'listPublicProducts',
  summary: 'Products on sale',
  middleware: [failAs('failed to load products')] as const,
  responses: {
    200: {
      description: 'Active, public products: subscriptions first, then by age',
      content: { 'application/json': { schema: z.array(PublicProduct) } },
    },
    ...refusals(500, 503),
  },
})

export function addPublicProducts(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    const onSale = await reading(() => products.listPublic(deps.db))
    const all = await reading(() =>
      coupons.listActiveOf(
        deps.db,
        onSale.map((product) => product.id),
      ),
    )
    const features = deps.config.productDisplay.features
    const body = await Promise.all(
      onSale.map(async (product) => {
        const own = all.filter((coupon) => coupon.productId === product.id)
        return publicProduct(product, { coupons: own, bundled: await bundledProducts(deps.db, product), features })
      }),
    )
    return c.json(body, 200)
  })
}
