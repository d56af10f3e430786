import { DomainError, type ErrorCode, type Log } from '@licenseoperator/domain'
import type { Context, ErrorHandler, Hono, MiddlewareHandler, NotFoundHandler, Schema } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { methodNotAllowed as honoMethodNotAllowed } from 'hono/method-not-allowed'
import { z } from 'zod'
import { routeOf } from './access-log.ts'
import { errorFields } from './error-fields.ts'
import type { HttpEnv } from './http-env.ts'
import { statusOf } from './status-of.ts'

/** Answers `Retry-After` when the error does not say when to come back, seconds. */
const retryAfterSeconds: Partial<Record<ErrorCode, number>> = { temporarily_unavailable: 5, rate_limited: 60 }

/** Hono's own refusals, by status. Their messages are not ours, so each gets the text of the contract. */
const honoRefusals: Record<number, { code: ErrorCode; text: string }> = {
  401: { code: 'unauthorized', text: 'unauthorized' },
  403: { code: 'forbidden', text: 'forbidden' },
  404: { code: 'not_found', text: 'not found' },
  405: { code: 'method_not_allowed', text: 'method not allowed' },
  413: { code: 'payload_too_large', text: 'payload too large' },
  415: { code: 'unsupported_media_type', text: 'unsupported media type' },
  429: { code: 'rate_limited', text: 'too many requests' },
  503: { code: 'temporarily_unavailable', text: 'temporarily unavailable' },
}

const SeatNumbers = z.object({ required: z.int(), seatLimit: z.int() })

/**
 * The app's `onError`: every refusal becomes `{error, code, field?, requestId}` with the status of `statusOf` (contract section 5).
 * Hono's `HTTPException` below 500 keeps its class of status; anything unknown is a 500 with the route's `failAs` text, and only
 * `errorFields` of it reaches the log.
 */
export function toErrorResponse(log: Log): ErrorHandler<HttpEnv> {
  return (error, c) => {
    const refusal = asRefusal(error, c)
    const about = { requestId: c.get('requestId'), method: c.req.method, route: routeOf(c) }
    if (refusal.code === 'internal') log.error('request failed', { ...about, ...errorFields(error) })
    if (refusal.code === 'temporarily_unavailable') log.warn('request refused', { ...about, ...errorFields(error) })
    return refuse(c, refusal)
  }
}

/** Handler for `app.notFound`. It answers instead of throwing: the 405 middleware looks for an answered 404. */
export const notFound: NotFoundHandler<HttpEnv> = (c) => refuse(c, new DomainError('not_found', 'not found'))

/** 405 with `Allow` for a known path and another method. Register it on the app that holds the routes, before them. */
export function methodNotAllowed<S extends Schema, B extends string>(app: Hono<HttpEnv, S, B>): MiddlewareHandler<HttpEnv> {
  return honoMethodNotAllowed<HttpEnv>({
    app,
    onMethodNotAllowed: (c, methods) => {
      c.header('Allow', methods.join(', '))
      return refuse(c, new DomainError('method_not_allowed', 'method not allowed'))
    },
  })
}

function asRefusal(error: Error, c: Context<HttpEnv>): DomainError {
  if (error instanceof DomainError) return error
  if (error instanceof HTTPException && (error.status < 500 || error.status === 503)) {
    const known = honoRefusals[error.status]
    if (known !== undefined) return new DomainError(known.code, known.text)
    return new DomainError('invalid_payload', c.get('invalidText') ?? 'invalid request')
  }
  return new DomainError('internal', c.get('failText') ?? 'internal error')
}

function refuse(c: Context<HttpEnv>, refusal: DomainError): Response {
  const { code, message, field } = refusal
  const retryAfter = refusal.retryAfterSeconds ?? retryAfterSeconds[code]
  if (retryAfter !== undefined) c.header('Retry-After', String(Math.max(1, Math.ceil(retryAfter))))
  if (statusOf[code] === 401) c.header('WWW-Authenticate', 'Bearer')
  const common = { code, ...(field === undefined ? {} : { field }), requestId: c.get('requestId') }
  if (code !== 'seat_limit_exceeded') return c.json({ error: message, ...common }, statusOf[code])
  // The dashboard looks for this very word in `error` and prints the two numbers, so this one refusal has a shape of its own.
  const numbers = SeatNumbers.safeParse(refusal.cause)
  return c.json({ error: code, message, ...(numbers.success ? numbers.data : {}), ...common }, statusOf[code])
}
