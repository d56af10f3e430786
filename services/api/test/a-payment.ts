import { type Db, inTransaction, payments } from '@licenseoperator/db'

/** A captured payment that was recorded; a test names only what it is about. */
export async function insertPayment(db: Db, fields: Partial<payments.NewPayment> = {}): Promise<payments.NewPayment> {
  const id = crypto.randomUUID()
  const payment: payments.NewPayment = {
    paymentKey: `invoice:in_${id}`,
    issuanceKey: `test:${id}`,
    paidAt: new Date('2026-03-01T09:30:00Z'),
    capturedAt: new Date('2026-03-01T09:30:00Z'),
    groupName: 'acme',
    customerName: 'Ada King Lovelace',
    customerEmail: 'ada@acme.test',
    currency: 'usd',
    amountSubtotalMinor: 19_900,
    amountTaxMinor: 0,
    amountTotalMinor: 19_900,
    stripeProductId: 'prod_core',
    stripeInvoiceId: `in_${id}`,
    stripePaymentIntentId: `pi_${id}`,
    stripeCustomerId: 'cus_acme',
    stripeCheckoutSessionId: undefined,
    stripeSubscriptionId: undefined,
    billingAddress: undefined,
    ...fields,
  }
  await inTransaction(db, (tx) => payments.record(tx, payment, new Date()))
  return payment
}
