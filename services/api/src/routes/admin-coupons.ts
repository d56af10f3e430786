import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { AdminPageQuery, adminPageOf, CouponBody, CouponPage, couponBody, isOn } from '@licenseoperator/api-schemas'
import { CouponRequest } from '@licenseoperator/catalog'
import { createCoupon, deleteCoupon, listCoupons, updateCoupon } from '@licenseoperator/catalog-admin'
import { DomainError } from '@licenseoperator/domain'
import {
  callerOf,
  failAs,
  type HttpEnv,
  jsonBody,
  jsonBodyLimits,
  refusals,
  requireCaller,
  signedIn,
} from '@licenseoperator/http'
import { adminDeps } from '../admin-deps.ts'
import type { ApiDeps } from '../api-deps.ts'
import { MAX_ADMIN_BYTES } from '../max-admin-bytes.ts'

const PATH = '/authlance/license/admin/products/{slug}/coupons'
const ofProduct = z.object({ slug: z.string() })
/** Read as text, because a senseless id has its own error text. */
const ofCoupon = ofProduct.extend({
  couponId: z
    .string()
    .max(255)
    .meta({ description: 'Positive integer', examples: ['7'] }),
})
const body = { content: { 'application/json': { schema: CouponBody } } }

const list = createRoute({
  method: 'get',
  path: PATH,
  operationId: 'listCoupons',
  tags: ['Administration'],
  summary: 'Coupons of a product by id',
  security: signedIn,
  middleware: [failAs('failed to list coupons'), requireCaller] as const,
  request: { params: ofProduct, query: AdminPageQuery },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: CouponPage } } },
    ...refusals(401, 403, 404, 500, 503),
  },
})

const create = createRoute({
  method: 'post',
  path: PATH,
  operationId: 'createCoupon',
  tags: ['Administration'],
  summary: 'Add a coupon to a product',
  security: signedIn,
  middleware: [
    failAs('failed to create coupon', 'invalid payload'),
    requireCaller,
    jsonBodyLimits({ maxBytes: MAX_ADMIN_BYTES }),
  ] as const,
  request: { params: ofProduct, body: jsonBody(CouponRequest) },
  responses: {
    201: { description: 'The coupon as stored', ...body },
    ...refusals(400, 401, 403, 404, 409, 413, 415, 500, 503),
  },
})

const update = createRoute({
  method: 'put',
  path: `${PATH}/{couponId}`,
  operationId: 'updateCoupon',
  tags: ['Administration'],
  summary: 'Change a coupon',
  security: signedIn,
  middleware: [
    failAs('failed to update coupon', 'invalid payload'),
    requireCaller,
    jsonBodyLimits({ maxBytes: MAX_ADMIN_BYTES }),
  ] as const,
  request: { params: ofCoupon, body: jsonBody(CouponRequest) },
  responses: {
    200: { description: 'The coupon as stored', ...body },
    ...refusals(400, 401, 403, 404, 409, 413, 415, 500, 503),
  },
})

const remove = createRoute({
  method: 'delete',
  path: `${PATH}/{couponId}`,
  operationId: 'deleteCoupon',
  tags: ['Administration'],
  summary: 'Delete a coupon; licenses bought with it stay',
  security: signedIn,
  middleware: [failAs('failed to delete coupon'), requireCaller] as const,
  request: { params: ofCoupon },
  responses: { 204: { description: 'Deleted' }, ...refusals(400, 401, 403, 404, 500, 503) },
})

export function addAdminCoupons(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { page, pageSize } = adminPageOf(query)
    const found = await listCoupons(adminDeps(deps), callerOf(c), c.req.valid('param').slug, {
      includeInactive: isOn(query.includeInactive),
      page,
      pageSize,
    })
    return c.json({ items: found.items.map(couponBody), page, pageSize, total: found.total }, 200)
  })
  app.openapi(create, async (c) =>
    c.json(couponBody(await createCoupon(adminDeps(deps), callerOf(c), c.req.valid('param').slug, c.req.valid('json'))), 201),
  )
  app.openapi(update, async (c) => {
    const { slug, couponId } = c.req.valid('param')
    const coupon = await updateCoupon(adminDeps(deps), callerOf(c), slug, identifier(couponId), c.req.valid('json'))
    return c.json(couponBody(coupon), 200)
  })
  app.openapi(remove, async (c) => {
    const { slug, couponId } = c.req.valid('param')
    await deleteCoupon(adminDeps(deps), callerOf(c), slug, identifier(couponId))
    return c.body(null, 204)
  })
}

function identifier(text: string): number {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN
  if (id <= 4_294_967_295) return id
  throw new DomainError('invalid_payload', 'invalid coupon identifier', { field: 'couponId' })
}
