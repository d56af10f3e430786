export { accessLog } from './access-log.ts'
export { type ClientAddressOptions, clientAddress, clientNetwork } from './client-address.ts'
export { cookieGuard, type SiteOrigins } from './cookie-guard.ts'
export { cors } from './cors.ts'
export { createLog, type LogLevel, type LogOptions } from './create-log.ts'
export { type ErrorFields, errorFields } from './error-fields.ts'
export { methodNotAllowed, notFound, toErrorResponse } from './error-response.ts'
export { addHealth, addLiveness, type HealthOptions } from './health.ts'
export type { Credential, HttpEnv } from './http-env.ts'
export { callerOf, identifyCaller, requireCaller, SESSION_COOKIE } from './identify-caller.ts'
export { isJson, jsonBodyLimits, MAX_JSON_BYTES, MAX_WEBHOOK_BYTES, readBody } from './json-body.ts'
export type { JwksRules } from './jwks-keys.ts'
export { type Counter, createMetrics, type Gauge, type Histogram, type Metrics, metricsHandler } from './metrics.ts'
export { mintToken, type TokenRequest } from './mint-token.ts'
export { addNatsMetric } from './nats-metric.ts'
export { descriptionOf, ErrorBody, jsonBody, refusals, securitySchemes, signedIn } from './openapi.ts'
export { addOperations, createOperationsApp, type OperationsOptions, serveWithOperations } from './operations.ts'
export { programLine } from './program-line.ts'
export {
  createLimiter,
  type Limiter,
  type LimiterOptions,
  limitFailedAuth,
  rateLimit,
} from './rate-limit.ts'
export { failAs, invalidInput, rejectInvalid } from './reject-invalid.ts'
export { requestId } from './request-id.ts'
export { SeatLimitBody } from './seat-limit-body.ts'
export { securityHeaders } from './security-headers.ts'
export { CannotListen, type ServeOptions, type Serving, serveGracefully } from './serve-gracefully.ts'
export { statusOf } from './status-of.ts'
export { type StopOptions, type Stoppable, stopOnSignals } from './stop-on-signals.ts'
export type { CountedPoints, RateLimitStore } from './stored-limiter.ts'
export { createTokenVerifier, type TokenRules, type TokenVerifier } from './token-verifier.ts'
