/**
 * The events that do something. Also what `stripe ensure-webhook` subscribes to, so that the two cannot drift apart. At most 20: Stripe's list of
 * events takes no more types.
 *
 * Both `invoice.paid` and `invoice.payment_succeeded`: only the first comes for an invoice over nothing and for one that was paid outside Stripe; the
 * second is the one our interface names, and endpoints that were set up by hand may send it alone. They pay for one period under one issuance key.
 */
export const handledEvents = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_failed',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'charge.refunded',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
] as const
export type HandledEvent = (typeof handledEvents)[number]

export function isHandled(type: string): type is HandledEvent {
  return handledEvents.some((handled) => handled === type)
}
