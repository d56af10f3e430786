import { z } from 'zod'

/** A verified webhook on its way to the processor: the raw body as Stripe signed it, the signature header, and when it came. */
export const StripeWebhookMessage = z.object({
  payload: z.string(),
  signature: z.string(),
  receivedAt: z.iso.datetime(),
})
export type StripeWebhookMessage = z.infer<typeof StripeWebhookMessage>
