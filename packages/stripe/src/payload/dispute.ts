import type { DisputeStatus } from '@licenseoperator/domain'
import { z } from 'zod'
import { Expandable, StripeId } from './id-of.ts'

const DisputeShape = z.looseObject({
  id: StripeId,
  amount: z.int(),
  status: z.string(),
  charge: Expandable,
  payment_intent: Expandable,
})

/**
 * What Stripe's states of a dispute mean for the money. An inquiry takes no money, and a prevented dispute took none.
 *
 * @see https://docs.stripe.com/api/disputes/object#dispute_object-status
 */
const meanings: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'won',
  needs_response: 'open',
  under_review: 'open',
  appeal_needs_response: 'open',
  appeal_under_review: 'open',
  won: 'won',
  lost: 'lost',
  prevented: 'won',
}

/**
 * What we read of a dispute: the same through all supported API versions.
 *
 * @throws ZodError for an unknown shape or a state that we cannot interpret: the caller parks it
 */
export function readDispute(object: unknown) {
  const dispute = DisputeShape.extend({ status: z.enum(Object.keys(meanings)) }).parse(object)
  return {
    id: dispute.id,
    amountMinor: dispute.amount,
    status: meanings[dispute.status] ?? 'open',
    chargeId: dispute.charge,
    paymentIntentId: dispute.payment_intent,
  }
}
export type Dispute = ReturnType<typeof readDispute>

/** Which charge a dispute is about, whatever else it says. @throws ZodError for an unknown shape */
export function chargeOfDispute(object: unknown): string | undefined {
  return z.looseObject({ charge: Expandable }).parse(object).charge
}
