import { OpenAPIHono } from '@hono/zod-openapi'
import type { Log } from '@licenseoperator/domain'
import {
  accessLog,
  addOperations,
  clientNetwork,
  cookieGuard,
  cors,
  createTokenVerifier,
  type HttpEnv,
  identifyCaller,
  limitFailedAuth,
  methodNotAllowed,
  notFound,
  type OperationsOptions,
  rejectInvalid,
  requestId,
  securityHeaders,
  toErrorResponse,
} from '@licenseoperator/http'
import type { ApiDeps } from './api-deps.ts'
import { createRateLimitStore } from './rate-limit-store.ts'
import { addAdminCoupons } from './routes/admin-coupons.ts'
import { addAdminProducts } from './routes/admin-products.ts'
import { addCheckoutState } from './routes/checkout-state.ts'
import { addCreateCheckoutSession } from './routes/create-checkout-session.ts'
import { addCustomerPortal } from './routes/customer-portal.ts'
import { addDefaultProduct } from './routes/default-product.ts'
import { addDocs } from './routes/docs.ts'
import { addDownloadLicense } from './routes/download-license.ts'
import { addGroupLicenses } from './routes/group-licenses.ts'
import { addIssueLicense } from './routes/issue-license.ts'
import { addIssueTrial } from './routes/issue-trial.ts'
import { addLicenseLink } from './routes/license-link.ts'
import { addListProductKeys } from './routes/list-product-keys.ts'
import { addMaintenanceCheckout } from './routes/maintenance-checkout.ts'
import { addPaymentReports } from './routes/payment-reports.ts'
import { addProductDetails } from './routes/product-details.ts'
import { addPublicProducts } from './routes/public-products.ts'
import { addResendLicense } from './routes/resend-license.ts'
import { addRevocations } from './routes/revocations.ts'
import { addSeatUsage } from './routes/seat-usage.ts'
import { addSessionId } from './routes/session-id.ts'
import { addVerifyPayment } from './routes/verify-payment.ts'

/** What operators ask the API, here or on an address of its own. */
export function operationsOf({ checks, draining, metrics }: Pick<ApiDeps, 'checks' | 'draining' | 'metrics'>): OperationsOptions {
  return { checks, timeoutMs: 2000, draining, metrics }
}

/** Once: a proxy that is not configured makes all its clients one address, for limits and in logs. */
function warnOfProxy(log: Log): (peer: string) => void {
  let warned = false
  return (peer) => {
    if (!warned) log.warn('X-Forwarded-For from a peer that is not in server.trusted_proxies is not believed', { peer })
    warned = true
  }
}

/** The storefront's, customers' and administrators' routes. Composes only: opens nothing, reads no environment. */
export function createApp(deps: ApiDeps): OpenAPIHono<HttpEnv> {
  const { config, log, metrics } = deps
  const app = new OpenAPIHono<HttpEnv>({ defaultHook: rejectInvalid() })
  const { secret, issuer, audience, requireIssuerAndAudience = false, jwks } = config.token
  const verifier = createTokenVerifier({
    secret,
    jwks,
    requireIssuerAndAudience,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
    now: deps.now,
  })
  app.use(
    requestId(),
    accessLog(log, metrics),
    securityHeaders({ hsts: true }),
    cors({ allowedOrigins: config.corsAllowedOrigins }),
    methodNotAllowed(app),
  )
  const onRefused = limitFailedAuth({
    key: clientNetwork(config.trustedProxies, { onUntrusted: warnOfProxy(log) }),
    store: createRateLimitStore(deps.db, deps.now),
    log,
  })
  app.use(identifyCaller(verifier, { onRefused }))
  app.use(cookieGuard({ publicOrigin: config.publicBaseUrl, allowedOrigins: config.corsAllowedOrigins }))
  app.onError(toErrorResponse(log))
  app.notFound(notFound)
  addOperations(app, operationsOf(deps), { elsewhere: deps.operationsElsewhere })
  addDefaultProduct(app, deps)
  addPublicProducts(app, deps)
  addGroupLicenses(app, deps)
  addCreateCheckoutSession(app, deps)
  addCheckoutState(app, deps)
  addProductDetails(app, deps)
  addCustomerPortal(app, deps)
  addMaintenanceCheckout(app, deps)
  addSessionId(app, deps)
  addIssueTrial(app, deps)
  addIssueLicense(app, deps)
  addListProductKeys(app, deps)
  addSeatUsage(app, deps)
  addPaymentReports(app, deps)
  addVerifyPayment(app, deps)
  addAdminProducts(app, deps)
  addAdminCoupons(app, deps)
  addResendLicense(app, deps)
  addLicenseLink(app, deps)
  addRevocations(app, deps)
  addDocs(app, config.publicBaseUrl)
  // Last: its path has a parameter where all others have names.
  addDownloadLicense(app, deps)
  return app
}
