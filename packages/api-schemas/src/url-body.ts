import { z } from 'zod'

/** Where to send the customer. */
export const UrlBody = z
  .object({ url: z.url() })
  .meta({ id: 'Url', examples: [{ url: 'https://checkout.stripe.com/c/pay/cs_test_a1' }] })
