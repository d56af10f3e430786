import { groupKey } from '@licenseoperator/domain'
import { sql } from 'kysely'
import type { Tx } from './schema.ts'

/** A captured payment. Amounts in the currency's minor unit as Stripe counts it. */
export interface NewPayment {
  /** Stripe's name for the payment (`invoice:in_…`, `checkout:cs_…`). Unique, so that an event that repeats records nothing twice. */
  readonly paymentKey: string
  readonly issuanceKey: string
  readonly paidAt: Date
  readonly capturedAt: Date | undefined
  readonly groupName: string | undefined
  readonly customerName: string | undefined
  readonly customerEmail: string | undefined
  readonly currency: string
  readonly amountSubtotalMinor: number
  readonly amountTaxMinor: number
  readonly amountTotalMinor: number
  readonly stripeProductId: string | undefined
  readonly stripeInvoiceId: string | undefined
  readonly stripePaymentIntentId: string | undefined
  readonly stripeCustomerId: string | undefined
  readonly stripeCheckoutSessionId: string | undefined
  readonly stripeSubscriptionId: string | undefined
  readonly billingAddress: BillingAddress | undefined
}

export interface BillingAddress {
  readonly line1?: string | undefined
  readonly line2?: string | undefined
  readonly city?: string | undefined
  readonly state?: string | undefined
  readonly postalCode?: string | undefined
  readonly country?: string | undefined
}

/**
 * Records a payment once. The second event of a purchase fills in what the first could not know; amounts of the first stay.
 */
export async function record(tx: Tx, payment: NewPayment, now: Date): Promise<void> {
  const row = {
    payment_key: payment.paymentKey,
    issuance_key: payment.issuanceKey,
    paid_at: payment.paidAt,
    captured_at: payment.capturedAt ?? null,
    group_key: payment.groupName === undefined ? null : groupKey(payment.groupName),
    group_name: payment.groupName ?? null,
    customer_name: payment.customerName ?? null,
    customer_email: payment.customerEmail ?? null,
    currency: payment.currency,
    amount_subtotal_minor: payment.amountSubtotalMinor,
    amount_tax_minor: payment.amountTaxMinor,
    amount_total_minor: payment.amountTotalMinor,
    stripe_product_id: payment.stripeProductId ?? null,
    stripe_invoice_id: payment.stripeInvoiceId ?? null,
    stripe_payment_intent_id: payment.stripePaymentIntentId ?? null,
    stripe_customer_id: payment.stripeCustomerId ?? null,
    stripe_checkout_session_id: payment.stripeCheckoutSessionId ?? null,
    stripe_subscription_id: payment.stripeSubscriptionId ?? null,
    billing_address: payment.billingAddress === undefined ? null : JSON.stringify(payment.billingAddress),
    created_at: now,
  }
  await tx
    .insertInto('payments')
    .values(row)
    .onDuplicateKeyUpdate((eb) => ({
      customer_name: eb.fn.coalesce('customer_name', eb.val(row.customer_name)),
      customer_email: eb.fn.coalesce('customer_email', eb.val(row.customer_email)),
      stripe_payment_intent_id: eb.fn.coalesce('stripe_payment_intent_id', eb.val(row.stripe_payment_intent_id)),
      stripe_checkout_session_id: eb.fn.coalesce('stripe_checkout_session_id', eb.val(row.stripe_checkout_session_id)),
      billing_address: sql<string | null>`COALESCE(billing_address, ${row.billing_address})`,
    }))
    .execute()
}
