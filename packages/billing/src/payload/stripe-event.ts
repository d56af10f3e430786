import { DomainError } from '@licenseoperator/domain'
import { z } from 'zod'

/** Stripe's event envelope, unchanged through all API versions. `data.object` is read by the reader of its kind. */
const StripeEventShape = z.object({
  id: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/),
  object: z.string(),
  type: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/),
  /** Only shown: previews carry words of their own. */
  api_version: z.string().nullish().catch(undefined),
  created: z.union([z.int().nonnegative(), z.string()]).optional(),
  data: z.looseObject({ object: z.record(z.string(), z.unknown()).optional() }).optional(),
})

export interface StripeEvent {
  readonly id: string
  readonly type: string
  readonly apiVersion: string | undefined
  readonly createdAt: Date
  readonly object: Readonly<Record<string, unknown>>
}

/**
 * Reads a webhook body. Thin events (`v2.core.event`) are events too; they are recorded and not acted upon.
 *
 * @throws DomainError `invalid_webhook` when the text is not a Stripe event
 */
export function readStripeEvent(payload: string): StripeEvent {
  let json: unknown
  try {
    json = JSON.parse(payload)
  } catch {
    throw new DomainError('invalid_webhook', 'webhook error: the body is not JSON')
  }
  const parsed = StripeEventShape.safeParse(json)
  if (!parsed.success) throw new DomainError('invalid_webhook', 'webhook error: the body is not an event')
  const { id, type, api_version, created, data } = parsed.data
  const createdAt = typeof created === 'number' ? new Date(created * 1000) : new Date(created ?? Number.NaN)
  return { id, type, apiVersion: api_version ?? undefined, createdAt, object: data?.object ?? {} }
}
