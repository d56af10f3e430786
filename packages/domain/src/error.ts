/**
 * Every way in which a request can be refused. The list is closed and part of the API description: each transport maps it exhaustively
 * (HTTP status, CLI exit code), so a new code does not compile until every transport knows it.
 */
export const errorCodes = [
  'invalid_payload',
  'invalid_filter',
  'invalid_pagination',
  'invalid_webhook',
  'unauthorized',
  'forbidden',
  'insufficient_scope',
  'not_found',
  'method_not_allowed',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'quota_exceeded',
  'trial_already_issued',
  'slug_taken',
  'coupon_taken',
  'seat_limit_exceeded',
  'operator_license_invalid',
  'temporarily_unavailable',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/**
 * A refusal that its caller is meant to read.
 *
 * @property code     stable word for programs
 * @property message  sentence for people; carries no secret, no SQL and no driver text
 * @property field    JSON path or query parameter at fault, when there is one
 * @property retryAfterSeconds  for `temporarily_unavailable` and `rate_limited`: when to come back
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: { field?: string; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export function isDomainError(error: unknown, ...codes: ErrorCode[]): error is DomainError {
  return error instanceof DomainError && (codes.length === 0 || codes.includes(error.code))
}
