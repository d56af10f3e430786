import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { PaymentVerification, paymentVerification } from '@licenseoperator/api-schemas'
import { DomainError, LicenseId } from '@licenseoperator/domain'
import { callerOf, failAs, type HttpEnv, refusals, requireCaller, signedIn } from '@licenseoperator/http'
import { verifyPayment } from '@licenseoperator/payments'
import type { ApiDeps } from '../api-deps.ts'

/** The second is for services inside the network; the reverse proxy does not forward it. */
const paths = [
  ['/authlance/license/payments/api/v1/verify-payment', 'verifyPayment'],
  ['/licenseoperator/verify-payment', 'verifyPaymentInside'],
] as const

function routeFor(path: string, operationId: string) {
  return createRoute({
    method: 'get',
    path: `${path}/{licenseId}`,
    operationId,
    tags: ['Payments'],
    summary: 'What is known of the payment behind a license',
    security: signedIn,
    middleware: [failAs('failed to verify payment', 'licenseId required'), requireCaller] as const,
    request: { params: z.object({ licenseId: z.string().max(255) }) },
    responses: {
      200: {
        description: 'Trials and manual licenses have a license and no payment',
        content: { 'application/json': { schema: PaymentVerification } },
      },
      ...refusals(400, 401, 403, 404, 500, 503),
    },
  })
}

export function addVerifyPayment(app: OpenAPIHono<HttpEnv>, deps: ApiDeps): void {
  const { db, stripe, log, now, config } = deps
  for (const [path, operationId] of paths) {
    // A path parameter never matches an empty segment, so a client that fills in an empty id would read "not found".
    app.get(`${path}/`, requireCaller, () => {
      throw idRequired()
    })
    app.openapi(routeFor(path, operationId), async (c) => {
      const caller = callerOf(c)
      const licenseId = c.req.valid('param').licenseId.trim()
      if (licenseId === '') throw idRequired()
      if (!LicenseId.safeParse(licenseId).success) throw new DomainError('not_found', 'resource not found')
      const verified = await verifyPayment({ db, stripe, log, now, requiredScopes: config.requiredScopes }, caller, licenseId)
      return c.json(paymentVerification(verified), 200)
    })
  }
}

function idRequired(): DomainError {
  return new DomainError('invalid_payload', 'licenseId required', { field: 'licenseId' })
}
