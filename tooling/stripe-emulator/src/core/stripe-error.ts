import type { JsonObject } from './wire.ts'

export interface ErrorFields {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'
  message: string
  code?: string
  param?: string
  decline_code?: string
  payment_intent?: JsonObject
  charge?: string
}

/** A refusal as Stripe words it. `saved` says whether an idempotency key remembers it. */
export class StripeError extends Error {
  readonly status: number
  readonly fields: ErrorFields
  readonly saved: boolean

  constructor(status: number, fields: ErrorFields, saved = true) {
    super(fields.message)
    this.status = status
    this.fields = fields
    this.saved = saved
  }

  /** The body: without a top-level `error` the SDK would take even a 400 for a result. */
  body(requestId: string): JsonObject {
    const { code } = this.fields
    return {
      error: {
        ...this.fields,
        ...(code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
      },
    }
  }
}

export function invalidRequest(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  })
}

/** Refused before execution began: an idempotency key does not remember it. */
export function invalidParameter(message: string, param: string, code?: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, param, ...(code === undefined ? {} : { code }) }, false)
}

/** The id in the path names nothing: 404. */
export function noSuch(noun: string, id: string): StripeError {
  return new StripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param: 'id',
  })
}

/** An id given as a parameter names nothing: 400, with that parameter's name. */
export function noSuchParameter(noun: string, id: string, param: string): StripeError {
  return invalidRequest(`No such ${noun}: '${id}'`, param, 'resource_missing')
}

export function missingParameter(param: string): StripeError {
  return invalidParameter(`Missing required param: ${param}.`, param, 'parameter_missing')
}
