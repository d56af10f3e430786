import type { Product } from '@licenseoperator/catalog'
import { type Db, inTransaction, licenses, paymentDetails, payments, products, reading } from '@licenseoperator/db'
import {
  assertMember,
  assertScope,
  type Caller,
  DomainError,
  type Log,
  paymentKeyOfInvoice,
  rfc3339,
  type Surface,
} from '@licenseoperator/domain'
import type { Stripe } from 'stripe'
import { z } from 'zod'
import { fetchDetails, InvoiceDetails, PaymentIntentDetails, type StripeDetails } from './stripe-details.ts'

export interface VerifyPaymentDeps {
  readonly db: Db
  readonly stripe: Stripe
  readonly requiredScopes: Partial<Record<Surface, boolean>>
  readonly log: Log
  readonly now: () => Date
}

export interface VerifiedPayment extends StripeDetails {
  readonly license: licenses.StoredLicense
  /** As the catalog has it now. */
  readonly product: Product | undefined
  /** Absent for trials, manual licenses and whatever cost nothing. */
  readonly recordedPayment: payments.StoredPayment | undefined
}

/**
 * What is known of the payment behind a license. Stored data answer; Stripe is asked once for what only Stripe knows, and its answer is kept. While
 * Stripe cannot be asked, the recorded payment stands in: a group page asks for ten licenses at once and hides its actions on any failure.
 *
 * @throws DomainError `not_found` for an unknown license, before `forbidden` for one of another group
 */
export async function verifyPayment(deps: VerifyPaymentDeps, caller: Caller, licenseId: string): Promise<VerifiedPayment> {
  assertScope(caller, 'payments:read', deps.requiredScopes)
  const { db } = deps
  const license = await reading(() => licenses.findById(db, licenseId))
  if (license === undefined) throw new DomainError('not_found', 'resource not found')
  assertMember(caller, license.groupName)
  const [product, recorded] = await Promise.all([
    license.productId === undefined ? undefined : reading(() => products.findById(db, license.productId ?? 0)),
    // Every license of a bundle was paid by the bundle's one payment.
    reading(() => payments.listByIssuanceKey(db, license.issuanceKey.replace(/#\d+$/, ''))),
  ])
  const recordedPayment = recorded.at(-1)
  const details = await detailsOf(deps, license, recordedPayment)
  return { license, product, recordedPayment: recordedPayment && withIntent(recordedPayment, details), ...details }
}

/** What Stripe has just said is on record from now on, and part of this answer already. */
export function withIntent(recorded: payments.StoredPayment, { paymentIntent }: StripeDetails): payments.StoredPayment {
  return { ...recorded, stripePaymentIntentId: recorded.stripePaymentIntentId ?? paymentIntent?.id }
}

async function detailsOf(
  deps: VerifyPaymentDeps,
  { stripe: links }: licenses.StoredLicense,
  recorded: payments.NewPayment | undefined,
): Promise<StripeDetails> {
  const invoiceId = recorded?.stripeInvoiceId ?? links.invoiceId
  const paymentIntentId = recorded?.stripePaymentIntentId ?? links.paymentIntentId
  const key = recorded?.paymentKey ?? (invoiceId === undefined ? undefined : paymentKeyOfInvoice(invoiceId))
  if (key === undefined || (invoiceId === undefined && paymentIntentId === undefined)) return nothing
  const kept = await reading(() => paymentDetails.find(deps.db, key))
  const readable = KeptDetails.safeParse(kept)
  if (readable.success) return { invoice: readable.data.invoice, paymentIntent: readable.data.paymentIntent }
  try {
    const fetched = await fetchDetails(deps.stripe, { invoiceId, paymentIntentId })
    await inTransaction(deps.db, async (tx) => {
      await paymentDetails.save(tx, key, fetched, deps.now())
      if (fetched.paymentIntent !== undefined) await payments.fillPaymentIntent(tx, key, fetched.paymentIntent.id)
    })
    return fetched
  } catch (error) {
    deps.log.warn('payment details come from our own records', { key, reason: error instanceof Error ? error.name : 'unknown' })
    return recorded === undefined ? nothing : fromRecord(recorded)
  }
}

/** What another version kept in a shape of its own is asked for again. */
const KeptDetails = z.object({ invoice: InvoiceDetails.optional(), paymentIntent: PaymentIntentDetails.optional() })

const nothing: StripeDetails = { invoice: undefined, paymentIntent: undefined }

/** A captured payment's invoice is paid and its intent has succeeded: that much is known without asking. */
export function fromRecord(payment: payments.NewPayment): StripeDetails {
  const paidAt = rfc3339(payment.paidAt)
  const { currency, amountSubtotalMinor, amountTaxMinor, amountTotalMinor, stripeInvoiceId, stripePaymentIntentId } = payment
  return {
    invoice:
      stripeInvoiceId === undefined
        ? undefined
        : {
            id: stripeInvoiceId,
            status: 'paid',
            currency,
            amountSubtotal: amountSubtotalMinor,
            amountTax: amountTaxMinor,
            amountTotal: amountTotalMinor,
            created: paidAt,
            paidAt,
            metadata: {},
          },
    paymentIntent:
      stripePaymentIntentId === undefined
        ? undefined
        : {
            id: stripePaymentIntentId,
            status: 'succeeded',
            currency,
            amount: amountTotalMinor,
            amountReceived: amountTotalMinor,
            created: paidAt,
            metadata: {},
            charges: [],
          },
  }
}
