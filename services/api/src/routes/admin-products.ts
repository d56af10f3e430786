import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { AdminProductsQuery, adminPageOf, isOn, ProductBody, ProductPage, productBody } from '@licenseoperator/api-schemas'
import { ProductRequest } from '@licenseoperator/catalog'
import { createProduct, listProducts, updateProduct } from '@licenseoperator/catalog-admin'
import {
  callerOf,
  failAs,
  type HttpEnv,
  jsonBody,
  jsonBodyLimits,
  refusals,
  requireCaller,
  SeatLimitBody,
  signedIn,
} from '@licenseoperator/http'
import { adminDeps } from '../admin-deps.ts'
import type { ApiDeps } from '../api-deps.ts'
import { MAX_ADMIN_BYTES } from '../max-admin-bytes.ts'

const PATH = '/authlance/license/admin/products'
const body = { content: { 'application/json': { schema: ProductBody } } }
const conflict = {
  409: {
    description: 'The operator license has no seat left, or the slug exists',
    content: { 'application/json': { schema: SeatLimitBody } },
  },
}

const list = createRoute({
  method: 'get',
  path: PATH,
  operationId: 'listProducts',
  tags: ['Administration'],
  summary: 'The catalog, oldest first, with all coupons',
  security: signedIn,
  middleware: [failAs('failed to list products'), requireCaller] as const,
  request: { query: AdminProductsQuery },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: ProductPage } } },
    ...refusals(401, 403, 500, 503),
  },
})

const create = createRoute({
  method: 'post',
  path: PATH,
  operationId: 'createProduct',
  tags: ['Administration'],
  summary: 'Add a product',
  security: signedIn,
  middleware: [
    failAs('failed to create product', 'invalid payload'),
    requireCaller,
    jsonBodyLimits({ maxBytes: MAX_ADMIN_BYTES }),
  ] as const,
  request: { body: jsonBody(ProductRequest) },
  responses: {
    201: { description: 'The product as stored', ...body },
    ...refusals(400, 401, 403, 413, 415, 500, 503),
    ...conflict,
  },
})

const update = createRoute({
  method: 'put',
  path: `${PATH}/{slug}`,
  operationId: 'updateProduct',
  tags: ['Administration'],
  summary: 'Change a product',
  security: signedIn,
  middleware: [
    failAs('failed to update product', 'invalid payload'),
    requireCaller,
    jsonBodyLimits({ maxBytes: MAX_ADMIN_BYTES }),
  ] as const,
  request: { params: z.object({ slug: z.string() }), body: jsonBody(ProductRequest) },
  responses: {
    200: { description: 'The product as stored', ...body },
    ...refusals(400, 401, 403, 404, 413, 415, 500, 503),
    ...conflict,
  },
})

export function addAdminProducts(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { page, pageSize } = adminPageOf(query)
    const found = await listProducts(adminDeps(deps), callerOf(c), {
      includeInactive: isOn(query.includeInactive),
      includeInternal: isOn(query.includeInternal),
      page,
      pageSize,
    })
    return c.json({ items: found.items.map(productBody), page, pageSize, total: found.total }, 200)
  })
  app.openapi(create, async (c) =>
    c.json(productBody(await createProduct(adminDeps(deps), callerOf(c), c.req.valid('json'))), 201),
  )
  app.openapi(update, async (c) => {
    const { slug } = c.req.valid('param')
    return c.json(productBody(await updateProduct(adminDeps(deps), callerOf(c), slug, c.req.valid('json'))), 200)
  })
}
