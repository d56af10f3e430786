import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import {
  PaymentFilterQuery,
  PaymentPage,
  PaymentPageQuery,
  paymentFilterOf,
  paymentPageOf,
  paymentRecord,
} from '@licenseoperator/api-schemas'
import type { paymentReport } from '@licenseoperator/db'
import { callerOf, errorFields, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { exportPayments, listPayments, paymentsCsv, paymentsCsvHeader } from '@licenseoperator/payments'
import type { ApiDeps } from '../api-deps.ts'

const PATH = '/authlance/license/payments/api/v1/reports/payments'

const list = createRoute({
  method: 'get',
  path: PATH,
  operationId: 'listPayments',
  tags: ['Reports'],
  summary: 'Captured payments, newest first',
  security: signedIn,
  middleware: [failAs('failed to list payments', 'invalid filter'), requireCaller] as const,
  request: { query: PaymentPageQuery },
  responses: {
    200: { description: 'One page', content: { 'application/json': { schema: PaymentPage } } },
    ...refusals(400, 401, 403, 500, 503),
  },
})

/** The header and one payment, column by column. */
const exampleFile = `${paymentsCsvHeader}${[
  '2026-03-01T09:30:00Z,2026-03-01T09:30:00Z,acme,Ada,Lovelace,ada@acme.example,usd,19900,0,19900',
  'prod_NWjs8kKbJWmuuc,in_1MtHbELkdIwHu7ix,pi_3MtwBwLkdIwHu7ix,cus_2977z9zYn3fHoe',
  'Main St 1,,Berlin,,10115,DE,0,,19900,L-01JZX3F9T5M2Q8V7K4N6R0B1CD,core,core',
].join(',')}\r\n`

const csv = createRoute({
  method: 'get',
  path: `${PATH}/export`,
  operationId: 'exportPayments',
  tags: ['Reports'],
  summary: 'Captured payments as CSV, newest first',
  security: signedIn,
  middleware: [failAs('failed to export payments', 'invalid filter'), requireCaller] as const,
  request: { query: PaymentFilterQuery },
  responses: {
    200: {
      description:
        'RFC 4180 with a header row; amounts in minor units; further columns may be added at the end. A connection that breaks off means that the file is not whole',
      content: { 'text/csv': { schema: z.string().meta({ examples: [exampleFile] }) } },
    },
    ...refusals(400, 401, 403, 500, 503),
  },
})

export function addPaymentReports(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  const reportDeps = { db: deps.db, requiredScopes: deps.config.requiredScopes }
  app.openapi(list, async (c) => {
    const query = c.req.valid('query')
    const { page, pageSize } = paymentPageOf(query)
    const found = await listPayments(reportDeps, callerOf(c), paymentFilterOf(query), { page, pageSize })
    return c.json({ items: found.items.map(paymentRecord), page, pageSize, total: found.total }, 200)
  })
  app.openapi(csv, async (c) => {
    const batches = exportPayments(reportDeps, callerOf(c), paymentFilterOf(c.req.valid('query')))
    // The first batch is read before the status is sent: a database that is away is a 503, not a broken file.
    const first = await batches.next()
    const name = `payments-${deps.now().toISOString().slice(0, 10)}.csv`
    // The server would write an error of the stream into the file and end it as if it were whole.
    const { outgoing } = c.env ?? {}
    const breakOff = (error: unknown) => {
      deps.log.error('an export of payments broke off', { requestId: c.get('requestId'), ...errorFields(error) })
      outgoing?.destroy()
    }
    return c.body(csvStream(first, batches, outgoing && breakOff), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    })
  })
}

/**
 * Reads on only when the client does; a client that goes away ends the walk.
 *
 * @param breakOff  ends the connection so that the client sees a broken transfer; without one the stream fails instead
 */
function csvStream(
  first: IteratorResult<paymentReport.ReportedPayment[], unknown>,
  batches: AsyncGenerator<paymentReport.ReportedPayment[]>,
  breakOff: ((error: unknown) => void) | undefined,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let next: IteratorResult<paymentReport.ReportedPayment[], unknown> | undefined = first
  let abandoned = false
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(paymentsCsvHeader)),
    pull: async (controller) => {
      try {
        const batch = next ?? (await batches.next())
        next = undefined
        if (abandoned) return
        if (batch.done === true) controller.close()
        else controller.enqueue(encoder.encode(paymentsCsv(batch.value)))
      } catch (error) {
        if (breakOff === undefined) throw error
        breakOff(error)
      }
    },
    cancel: async () => {
      abandoned = true
      await batches.return(undefined)
    },
  })
}
