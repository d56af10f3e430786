import type { PaidPeriod } from '@licenseoperator/catalog'
import type { licenseEnds, licenses, payments } from '@licenseoperator/db'
import type { IssuedReason } from '@licenseoperator/licensing'
import type { PurchaseMetadata } from './purchase-metadata.ts'

type PaymentFacts = Omit<
  payments.NewPayment,
  | 'issuanceKey'
  | 'capturedAt'
  | 'groupName'
  | 'stripeInvoiceId'
  | 'stripePaymentIntentId'
  | 'stripeCustomerId'
  | 'stripeCheckoutSessionId'
  | 'stripeSubscriptionId'
>

/** One paid purchase or period, read from whichever event told of it first. */
export interface PaidPurchase {
  readonly issuanceKey: string
  readonly metadata: PurchaseMetadata
  readonly reason: IssuedReason
  /** Absolute, by Stripe's clock: the same in every event of the purchase. */
  readonly purchasedAt: Date
  readonly period: PaidPeriod | undefined
  readonly email: string | undefined
  readonly priceId: string | undefined
  /** On what items of its subscription it is sold. */
  readonly soldAs?: readonly licenses.SoldItem[] | undefined
  /** Its first period is a trial: one per group. */
  readonly startsFree?: boolean
  /** The same invoice ends an earlier license, whose unused time it gives back. */
  readonly ends?: licenseEnds.LicenseEnd | undefined
  readonly links: licenses.StripeLinks
  readonly payment: PaymentFacts
}
