import { type Invoice, idOf, isUnknownObject } from '@licenseoperator/stripe'
import type { ProcessDeps } from '../handling/event-handler.ts'

/** Whether an invoice of no subscription is the receipt of a checkout, whose own event says what was bought. @throws what Stripe throws */
export async function isPaidThroughCheckout({ stripe }: Pick<ProcessDeps, 'stripe'>, invoice: Invoice): Promise<boolean> {
  if (invoice.subscriptionId !== undefined) return false
  try {
    const { data } = await stripe.invoicePayments.list({ invoice: invoice.id, limit: 10 })
    const intents = data.flatMap(({ payment }) => payment.payment_intent ?? [])
    for (const intent of intents) {
      const sessions = await stripe.checkout.sessions.list({ payment_intent: idOf(intent), limit: 1 })
      if (sessions.data.length > 0) return true
    }
    return false
  } catch (error) {
    if (isUnknownObject(error)) return false
    throw error
  }
}
