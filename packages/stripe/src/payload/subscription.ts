import { z } from 'zod'
import { Expandable, Metadata, StripeId } from './id-of.ts'

const seconds = z.int()

/** Of an inline price only the product tells whether it is ours. */
const Price = z.union([
  StripeId.transform((id) => ({ id, product: undefined })),
  z.looseObject({ id: StripeId, product: Expandable }).transform(({ id, product }) => ({ id, product })),
])

const SubscriptionShape = z.looseObject({
  id: StripeId,
  status: z.string(),
  customer: Expandable,
  metadata: Metadata,
  cancel_at: seconds.nullish(),
  cancel_at_period_end: z.boolean().nullish(),
  ended_at: seconds.nullish(),
  cancellation_details: z.looseObject({ reason: z.string().nullish() }).nullish(),
  /** Until basil the period stood here, since then on the items. */
  current_period_end: seconds.nullish(),
  items: z.looseObject({
    data: z.array(z.looseObject({ current_period_end: seconds.nullish(), price: Price.nullish() })).min(1),
  }),
})

/**
 * What we read of a subscription, in the shape of API versions from acacia (2025-02) to endive (2026-10).
 *
 * A planned end has two forms: the customer portal sets `cancel_at` and leaves `cancel_at_period_end` false, others set the flag.
 *
 * @throws ZodError for an unknown shape: the caller parks it
 */
export function readSubscription(object: unknown) {
  const subscription = SubscriptionShape.transform((raw, context) => {
    const ends = raw.items.data.flatMap((item) => item.current_period_end ?? raw.current_period_end ?? [])
    if (ends.length === 0) context.addIssue({ code: 'custom', path: ['items', 'current_period_end'], message: 'is missing' })
    return { ...raw, periodEnd: Math.max(...ends) }
  }).parse(object)
  const cancelAt = subscription.cancel_at ?? (subscription.cancel_at_period_end === true ? subscription.periodEnd : undefined)
  const prices = subscription.items.data.flatMap(({ price }) => price ?? [])
  return {
    id: subscription.id,
    status: subscription.status,
    customerId: subscription.customer,
    metadata: subscription.metadata,
    priceIds: prices.flatMap(({ id }) => id),
    stripeProductIds: prices.flatMap(({ product }) => product ?? []),
    periodEnd: new Date(subscription.periodEnd * 1000),
    cancelAt: cancelAt === undefined ? undefined : new Date(cancelAt * 1000),
    endedAt: subscription.ended_at == null ? undefined : new Date(subscription.ended_at * 1000),
    endedReason: subscription.cancellation_details?.reason ?? undefined,
  }
}
export type Subscription = ReturnType<typeof readSubscription>
