import type * as licenses from '../licenses.ts'
import type * as payments from '../payments.ts'
import { aStoredLicense } from './a-license.ts'

/** Noon of a day of 2026; a test counts in days. */
export function day(number: number): Date {
  return new Date(Date.UTC(2026, 0, number, 12))
}

export interface LicenseFields extends Partial<Omit<licenses.StoredLicense, 'state'>> {
  readonly issuanceKey: string
  readonly state?: Partial<licenses.LicenseState>
}

/** A stored license of a subscription, day 1 to 31; a test names only what it is about. */
export function aLicense({ state, ...fields }: LicenseFields): licenses.StoredLicense {
  const license = aStoredLicense({
    licenseId: `L-${fields.issuanceKey}`,
    groupName: 'Acme',
    email: 'owner@acme.test',
    kind: 'subscription',
    issuedAt: day(1),
    expiresAt: day(31),
    keyId: 'a'.repeat(64),
    text: 'a license',
    identity: undefined,
    stripe: { subscriptionId: 'sub_1' },
    ...fields,
  })
  return { ...license, state: { ...license.state, ...state } }
}

/** A captured payment of 10.00 of which nothing went back. */
export function aPayment(fields: Partial<payments.StoredPayment> & { readonly issuanceKey: string }): payments.StoredPayment {
  return {
    paymentKey: `invoice:${fields.issuanceKey}`,
    paidAt: day(1),
    capturedAt: day(1),
    groupName: 'Acme',
    customerName: undefined,
    customerEmail: undefined,
    currency: 'usd',
    amountSubtotalMinor: 1000,
    amountTaxMinor: 0,
    amountTotalMinor: 1000,
    stripeProductId: undefined,
    stripeInvoiceId: undefined,
    stripePaymentIntentId: undefined,
    stripeCustomerId: undefined,
    stripeCheckoutSessionId: undefined,
    stripeSubscriptionId: 'sub_1',
    billingAddress: undefined,
    amountChargedMinor: 1000,
    amountRefundedMinor: 0,
    refundedInFull: false,
    disputeStatus: undefined,
    ...fields,
  }
}
