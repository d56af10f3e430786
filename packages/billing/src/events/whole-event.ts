import { DomainError } from '@licenseoperator/domain'
import type { StripeEvent } from '@licenseoperator/stripe'
import type { ProcessDeps } from '../handling/event-handler.ts'
import type { HandledEvent } from './handled-events.ts'

/** Where the object of an event is asked for, by how the event's type begins. */
const objects = {
  'checkout.session.': ({ checkout }, id) => checkout.sessions.retrieve(id),
  'invoice.': ({ invoices }, id) => invoices.retrieve(id),
  'customer.subscription.': ({ subscriptions }, id) => subscriptions.retrieve(id),
  'charge.dispute.': ({ disputes }, id) => disputes.retrieve(id),
  'charge.': ({ charges }, id) => charges.retrieve(id),
  'refund.': ({ refunds }, id) => refunds.retrieve(id),
} satisfies Record<string, (stripe: ProcessDeps['stripe'], id: string) => Promise<object>>

/**
 * An event with its object: a thin one only names it, and Stripe is asked.
 *
 * @throws DomainError `invalid_payload` when it names nothing, and what Stripe throws
 */
export async function wholeEvent(
  { stripe }: Pick<ProcessDeps, 'stripe'>,
  event: StripeEvent & { readonly type: HandledEvent },
): Promise<StripeEvent> {
  if (Object.keys(event.object).length > 0) return event
  const retrieve = retrieverOf(event.type)
  if (event.relatedId === undefined || retrieve === undefined)
    throw new DomainError('invalid_payload', 'invalid payload: the event names no object', { field: 'data.object' })
  return { ...event, object: { ...(await retrieve(stripe, event.relatedId)) } }
}

/** How Stripe is asked for what an event of this type is about. */
export function retrieverOf(type: HandledEvent) {
  return Object.entries(objects).find(([prefix]) => type.startsWith(prefix))?.[1]
}
