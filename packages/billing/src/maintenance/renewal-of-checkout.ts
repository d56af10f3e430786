import { licenses, reading } from '@licenseoperator/db'
import type { CheckoutSession } from '@licenseoperator/stripe'
import { checkoutIssuanceKey, MaintenanceMetadata } from '@licenseoperator/terms'
import { type MaintenanceRenewal, unrenewable } from './renew-maintenance.ts'

/** A year of maintenance, paid on its own. @throws ZodError when the session does not say for which license */
export function renewalOfCheckout(session: CheckoutSession, paidAt: Date): MaintenanceRenewal {
  const { original_license_id: licenseId } = MaintenanceMetadata.parse(session.metadata)
  return {
    findLicenses: async ({ db }) => {
      const license = await reading(() => licenses.findById(db, licenseId))
      if (license === undefined) throw unrenewable('no license has that id')
      return [license]
    },
    payment: {
      paymentKey: checkoutIssuanceKey(session.id),
      paidAt,
      customerName: session.customerName,
      customerEmail: session.email,
      currency: session.currency ?? '',
      amountSubtotalMinor: session.amountSubtotalMinor,
      amountTaxMinor: session.amountTaxMinor,
      amountTotalMinor: session.amountTotalMinor,
      stripeProductId: undefined,
      stripeInvoiceId: session.invoiceId,
      stripePaymentIntentId: session.paymentIntentId,
      stripeCustomerId: session.customerId,
      stripeCheckoutSessionId: session.id,
      stripeSubscriptionId: undefined,
      billingAddress: session.billingAddress,
    },
  }
}
