import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { readSeatUsage } from '@licenseoperator/catalog-admin'
import { callerOf, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { adminDeps } from '../admin-deps.ts'
import type { ApiDeps } from '../api-deps.ts'

const SeatUsage = z
  .object({
    activeConfigManaged: z.int(),
    activeCustom: z.int(),
    activeTotal: z.int(),
    seatLimit: z.int().optional().meta({ description: 'Absent: unlimited' }),
    availableSeats: z.int().optional(),
  })
  .meta({
    id: 'SeatUsage',
    examples: [{ activeConfigManaged: 2, activeCustom: 1, activeTotal: 3, seatLimit: 5, availableSeats: 2 }],
  })

const route = createRoute({
  method: 'get',
  path: '/authlance/license/admin/products/seat-usage',
  operationId: 'getSeatUsage',
  tags: ['Administration'],
  summary: 'Active products against the seats of the operator license',
  security: signedIn,
  middleware: [failAs('failed to load seat usage'), requireCaller] as const,
  responses: {
    200: { description: 'Seats in use', content: { 'application/json': { schema: SeatUsage } } },
    ...refusals(401, 403, 500, 503),
  },
})

export function addSeatUsage(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  app.openapi(route, async (c) => {
    const { seatLimit, availableSeats, ...active } = await readSeatUsage(adminDeps(deps), callerOf(c))
    return c.json(
      { ...active, ...(seatLimit === undefined || availableSeats === undefined ? {} : { seatLimit, availableSeats }) },
      200,
    )
  })
}
