import { inTransaction, payments, reading } from '@licenseoperator/db'
import { Expandable, type Invoice } from '@licenseoperator/stripe'
import { z } from 'zod'
import type { ProcessDeps } from '../handling/event-handler.ts'

/** One short try: the license is stored and the event is done, so nobody waits for the answer. */
const IMPATIENT = { timeout: 2500, maxNetworkRetries: 0 }

const Paid = z.looseObject({
  data: z.array(z.looseObject({ payment: z.looseObject({ type: z.string(), payment_intent: Expandable }) })),
})

/**
 * Since basil an invoice in an event does not say with what payment intent it was paid, and people look for payments by that. So Stripe is asked once it is
 * on record, and only while it isn't known; the next event of the invoice asks again where no answer came.
 *
 * @param invoice  whose payment has been recorded
 */
export async function notePaymentIntent({ db, stripe, log }: ProcessDeps, invoice: Invoice): Promise<void> {
  if (invoice.paymentIntentId !== undefined || invoice.amountPaidMinor === 0) return
  try {
    const recorded = await reading(() => payments.findByStripe(db, { paymentIntentId: undefined, invoiceId: invoice.id }))
    if (recorded === undefined || recorded.stripePaymentIntentId !== undefined) return
    const { data } = Paid.parse(await stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid', limit: 10 }, IMPATIENT))
    const intent = data.find(({ payment }) => payment.type === 'payment_intent')?.payment.payment_intent
    if (intent !== undefined) await inTransaction(db, (tx) => payments.fillPaymentIntent(tx, recorded.paymentKey, intent))
  } catch (error) {
    log.warn('the payment intent of an invoice is not known yet', {
      invoiceId: invoice.id,
      reason: error instanceof Error ? error.name : 'unknown',
    })
  }
}
