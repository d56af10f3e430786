import type { MiddlewareHandler } from 'hono'
import { requestId as honoRequestId } from 'hono/request-id'
import type { HttpEnv } from './http-env.ts'

/** Takes an incoming `X-Request-Id` of up to 64 letters, digits, `_`, `-`, `=`, else makes one; echoes it. Comes first in every app. */
export function requestId(): MiddlewareHandler<HttpEnv> {
  return honoRequestId({ limitLength: 64 })
}
