import { DomainError } from '@licenseoperator/domain'
import { z } from 'zod'
import { Address, EmailAddress, Expandable, Metadata, StripeId } from './id-of.ts'

const amount = z.int().nullish()
const SessionShape = z.looseObject({
  id: StripeId,
  mode: z.string(),
  payment_status: z.string(),
  status: z.string().nullish(),
  amount_subtotal: amount,
  amount_total: amount,
  total_details: z.looseObject({ amount_tax: amount }).nullish(),
  currency: z.string().nullish(),
  customer: Expandable,
  customer_email: EmailAddress,
  customer_details: z.looseObject({ email: EmailAddress, name: z.string().nullish(), address: Address }).nullish(),
  metadata: Metadata,
  subscription: Expandable,
  invoice: Expandable,
  payment_intent: Expandable,
})

/** What we read of a checkout session: the same through all supported API versions. Amounts in minor units. */
export function readCheckoutSession(object: unknown) {
  const session = SessionShape.parse(object)
  return {
    id: session.id,
    mode: session.mode,
    paymentStatus: session.payment_status,
    status: session.status ?? undefined,
    amountSubtotalMinor: session.amount_subtotal ?? 0,
    amountTaxMinor: session.total_details?.amount_tax ?? 0,
    amountTotalMinor: session.amount_total ?? 0,
    currency: session.currency ?? undefined,
    customerId: session.customer,
    email: session.customer_details?.email ?? session.customer_email,
    customerName: session.customer_details?.name ?? undefined,
    billingAddress: session.customer_details?.address,
    metadata: session.metadata,
    subscriptionId: session.subscription,
    invoiceId: session.invoice,
    paymentIntentId: session.payment_intent,
  }
}
export type CheckoutSession = ReturnType<typeof readCheckoutSession>

/**
 * Whether the money is there, or none was due.
 *
 * @throws DomainError `invalid_payload` for a state that we do not know: that is no payment, and for people to look at
 */
export function isPaid({ paymentStatus }: Pick<CheckoutSession, 'paymentStatus'>): boolean {
  if (paymentStatus === 'paid' || paymentStatus === 'no_payment_required') return true
  if (paymentStatus === 'unpaid') return false
  throw new DomainError('invalid_payload', 'invalid payload: the payment status is unknown', { field: 'payment_status' })
}
