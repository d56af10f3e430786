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
  created: z.unknown().optional(),
  data: z.looseObject({ object: z.record(z.string(), z.unknown()).optional() }).nullish(),
  account: z.string().nullish(),
  livemode: z.boolean().nullish(),
  related_object: z.looseObject({ id: z.string() }).nullish(),
})

/** Seconds, in thin events usually a date: a purchase is dated by it, so what has none is no event. Beyond the limit JavaScript has no dates. */
const seconds = z
  .int()
  .nonnegative()
  .max(8_640_000_000_000)
  .transform((created) => new Date(created * 1000))
const isoDate = z.iso.datetime({ offset: true }).transform((created) => new Date(created))

export interface StripeEvent {
  readonly id: string
  readonly type: string
  readonly apiVersion: string | undefined
  readonly createdAt: Date
  readonly object: Readonly<Record<string, unknown>>
  /** Another account's, that is connected to ours. */
  readonly account: string | undefined
  /** False for what happened in test mode; undefined where the event does not say. */
  readonly livemode: boolean | undefined
  /** What a thin event is about: it carries no object. */
  readonly relatedId: string | undefined
}

/**
 * Reads a webhook body. Thin events (`v2.core.event`) are events too: they only name the object, under the same type with the API's generation in front.
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
  const { id, type: named, api_version, created, data, account, livemode, related_object: related } = parsed.data
  const isThin = parsed.data.object === 'v2.core.event'
  const type = isThin ? named.replace(/^v1\./, '') : named
  const createdAt = (isThin ? z.union([isoDate, seconds]) : seconds).safeParse(created)
  if (!createdAt.success) throw new DomainError('invalid_webhook', 'webhook error: the event does not say when it was made')
  return {
    id,
    type,
    apiVersion: api_version ?? undefined,
    createdAt: createdAt.data,
    object: data?.object ?? {},
    account: account ?? undefined,
    livemode: livemode ?? undefined,
    relatedId: isThin && data?.object === undefined ? related?.id : undefined,
  }
}
