import type { ErrorCode } from '@licenseoperator/domain'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** HTTP status of each refusal (contract section 5). A new code does not compile until it has one. */
export const statusOf = {
  invalid_payload: 400,
  invalid_filter: 400,
  invalid_pagination: 400,
  invalid_webhook: 400,
  unauthorized: 401,
  forbidden: 403,
  insufficient_scope: 403,
  operator_license_invalid: 403,
  not_found: 404,
  method_not_allowed: 405,
  quota_exceeded: 409,
  trial_already_issued: 409,
  slug_taken: 409,
  coupon_taken: 409,
  seat_limit_exceeded: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  temporarily_unavailable: 503,
} satisfies Record<ErrorCode, ContentfulStatusCode>
