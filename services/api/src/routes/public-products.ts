import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { PublicProduct, publicProduct } from '@licenseoperator/api-schemas'
import { bundledParts } from '@licenseoperator/catalog-admin'
import { coupons, products, reading } from '@licenseoperator/db'
import { failAs, type HttpEnv, refusals } from '@licenseoperator/http'
import { answerCatalogPage } from '../answer-catalog-page.ts'
import type { ApiDeps } from '../api-deps.ts'

const route = createRoute({
  method: 'get',
  path: '/authlance/license/products',
  operationId: 'listPublicProducts',
  tags: ['Catalog'],
  summary: 'Products on sale',
  middleware: [failAs('failed to load products')] as const,
  responses: {
    200: {
      description: 'Active, public products: subscriptions first, then by age',
      content: { 'application/json': { schema: z.array(PublicProduct) } },
    },
    304: { description: 'Unchanged since the `If-None-Match` entity tag' },
    ...refusals(500, 503),
  },
})

export function addPublicProducts(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => answerCatalogPage(c, await deps.catalog.page('products', () => shop(deps))))
}

async function shop({ db, config }: ApiDeps): Promise<z.infer<typeof PublicProduct>[]> {
  const onSale = await reading(() => products.listPublic(db))
  const ids = onSale.map((product) => product.id)
  const all = await reading(() => coupons.listActiveOf(db, ids))
  const features = config.productDisplay.features
  return Promise.all(
    onSale.map(async (product) => {
      const couponsOfProduct = all.filter((coupon) => coupon.productId === product.id)
      return publicProduct(product, { coupons: couponsOfProduct, bundled: await bundledParts(db, product), features })
    }),
  )
}
