/** The events that do something. Also what `stripe ensure-webhook` subscribes to, so that the two cannot drift apart. */
export const handledEvents = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'invoice.payment_succeeded',
] as const
export type HandledEvent = (typeof handledEvents)[number]

export function isHandled(type: string): type is HandledEvent {
  return handledEvents.some((handled) => handled === type)
}
