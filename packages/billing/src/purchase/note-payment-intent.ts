import { inTransaction, payments, reading } from '@licenseoperator/db'
import { type Invoice, intentOfPayments, ONE_SHORT_TRY } from '@licenseoperator/stripe'
import type { ProcessDeps } from '../handling/event-handler.ts'

/**
 * Since basil an invoice in an event does not say with what payment intent it was paid, and people look for payments by that. So Stripe is asked once it is
 * on record, when nobody waits for the answer, and only while it isn't known; the next event of the invoice asks again where none came.
 *
 * @param invoice  whose payment has been recorded
 */
export async function notePaymentIntent({ db, stripe, log }: ProcessDeps, invoice: Invoice): Promise<void> {
  if (invoice.paymentIntentId !== undefined || invoice.amountPaidMinor === 0) return
  try {
    const recorded = await reading(() => payments.findByStripe(db, { paymentIntentId: undefined, invoiceId: invoice.id }))
    if (recorded === undefined || recorded.stripePaymentIntentId !== undefined) return
    const paid = await stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid', limit: 10 }, ONE_SHORT_TRY)
    const intent = intentOfPayments(paid)
    if (intent !== undefined) await inTransaction(db, (tx) => payments.fillPaymentIntent(tx, recorded.paymentKey, intent))
  } catch (error) {
    log.warn('the payment intent of an invoice is not known yet', {
      invoiceId: invoice.id,
      reason: error instanceof Error ? error.name : 'unknown',
    })
  }
}
