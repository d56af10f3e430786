import { payments, reading } from '@licenseoperator/db'
import { type Charge, idOf, readInvoice, unlessUnknown } from '@licenseoperator/stripe'
import { isForeign, isForeignInvoice, isMaintenance } from '@licenseoperator/terms'
import type { ProcessDeps } from '../handling/event-handler.ts'

/** What a charge paid for, by Stripe's names; its payment need not have reached us yet. */
export interface ChargedPayment {
  readonly paymentIntentId: string | undefined
  readonly invoiceId: string | undefined
  readonly subscriptionId: string | undefined
}

/**
 * Whether a charge paid for something of ours, and for what. Found by payment and never by customer: one purchase that is refunded leaves the
 * customer's others alone.
 *
 * @returns `undefined` for a charge of another application on the same Stripe account
 * @throws what Stripe and MySQL throw
 */
export async function paymentOfCharge(deps: ProcessDeps, charge: Charge): Promise<ChargedPayment | undefined> {
  const { paymentIntentId } = charge
  const known = await reading(() => payments.findByStripe(deps.db, { paymentIntentId, invoiceId: charge.invoiceId }))
  if (known !== undefined)
    return { paymentIntentId, invoiceId: known.stripeInvoiceId, subscriptionId: known.stripeSubscriptionId }
  if (isMaintenance(charge.metadata) || !isForeign(charge.metadata))
    return { paymentIntentId, invoiceId: undefined, subscriptionId: undefined }
  const invoiceId = charge.invoiceId ?? (await invoiceOf(deps, paymentIntentId))
  if (invoiceId === undefined) return undefined
  // Metadata can be edited at Stripe: an invoice whose payment is recorded stays ours.
  const recorded = await reading(() => payments.findByStripe(deps.db, { paymentIntentId: undefined, invoiceId }))
  if (recorded !== undefined) return { paymentIntentId, invoiceId, subscriptionId: recorded.stripeSubscriptionId }
  return ofInvoice(deps, paymentIntentId, invoiceId)
}

/** Since basil a charge does not name its invoice. */
async function invoiceOf({ stripe }: ProcessDeps, paymentIntentId: string | undefined): Promise<string | undefined> {
  if (paymentIntentId === undefined) return undefined
  const { data } = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: paymentIntentId },
    limit: 1,
  })
  return idOf(data[0]?.invoice)
}

async function ofInvoice(
  { db, stripe }: ProcessDeps,
  paymentIntentId: string | undefined,
  invoiceId: string,
): Promise<ChargedPayment | undefined> {
  const found = await unlessUnknown(stripe.invoices.retrieve(invoiceId))
  if (found === undefined) return undefined
  const invoice = readInvoice(found)
  if (await isForeignInvoice({ db }, invoice)) return undefined
  return { paymentIntentId, invoiceId, subscriptionId: invoice.subscriptionId }
}
