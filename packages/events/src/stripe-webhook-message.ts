import { z } from 'zod'

/** A verified webhook on its way to the processor, as JSON in the webhook stream; its message id is the Stripe event's id. */
export const StripeWebhookMessage = z
  .object({
    payload: z.string().meta({ description: 'The raw body as Stripe signed it' }),
    signature: z.string().meta({ description: 'Header Stripe-Signature' }),
    receivedAt: z.iso.datetime().meta({ description: 'When it was accepted, RFC 3339, UTC' }),
  })
  .meta({ id: 'StripeWebhookMessage' })
export type StripeWebhookMessage = z.infer<typeof StripeWebhookMessage>
