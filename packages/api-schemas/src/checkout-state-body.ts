import type { CheckoutState } from '@licenseoperator/checkout'
import { z } from 'zod'

/** Whether a checkout session has its license yet, and which. */
export const CheckoutStateBody = z
  .object({
    sessionId: z.string().meta({ description: "Stripe's id of the session" }),
    status: z.enum(['open', 'processing', 'complete', 'expired']).meta({
      description:
        '`open`: not known to be gone through. `processing`: gone through, and its license is on its way: ask again in a second. `complete`: the license is there. `expired`: nobody went through it in time, nothing was paid',
    }),
    licenseId: z
      .string()
      .optional()
      .meta({ description: 'Once complete: the license; of a bundle its own; of a renewed maintenance the license it is for' }),
    licenseIds: z.array(z.string()).optional().meta({ description: 'Once complete: all licenses, `licenseId` first' }),
  })
  .meta({
    id: 'CheckoutState',
    examples: [
      {
        sessionId: 'cs_test_a1',
        status: 'complete',
        licenseId: 'L-01JB2Q4W6V8X0Z2B4D6F8H0K2M',
        licenseIds: ['L-01JB2Q4W6V8X0Z2B4D6F8H0K2M'],
      },
    ],
  })

export function checkoutStateBody({ sessionId, status, licenseIds }: CheckoutState): z.infer<typeof CheckoutStateBody> {
  const [licenseId] = licenseIds
  return { sessionId, status, ...(licenseId === undefined ? {} : { licenseId, licenseIds: [...licenseIds] }) }
}
