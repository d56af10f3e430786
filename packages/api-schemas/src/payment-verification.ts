import type { Product } from '@licenseoperator/catalog'
import type { licenses } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { InvoiceDetails, PaymentIntentDetails, type VerifiedPayment } from '@licenseoperator/payments'
import { z } from 'zod'
import { InstantOut } from './fields.ts'
import { PaymentRecord, paymentRecord } from './payment-record.ts'
import { filled } from './public-product.ts'

const licenseTypes = ['subscription', 'perpetual_auto', 'perpetual_manual'] as const

const VerifiedLicense = z
  .object({
    licenseId: z.string(),
    priceLocked: z.boolean(),
    plan: z.string().optional(),
    domain: z.string().optional(),
    email: z.string().optional(),
    couponCode: z.string().optional(),
    stripeInvoiceId: z.string().optional(),
    stripeCustomerId: z.string().optional(),
    stripeCheckoutId: z.string().optional(),
    seats: z.int().optional(),
    createdAt: InstantOut.optional(),
    expiresAt: InstantOut.optional(),
    licenseType: z.enum(licenseTypes),
    maintenanceExpiresAt: InstantOut.optional(),
  })
  .meta({ id: 'VerifiedLicense' })

const VerifiedProduct = z
  .object({
    slug: z.string(),
    name: z.string(),
    plan: z.string(),
    lookupKey: z.string().optional(),
    stripeProductId: z.string().optional(),
    stripePriceId: z.string().optional(),
    currency: z.string(),
    pricingMode: z.enum(['fixed', 'tiered']),
    billingInterval: z.string(),
    unitAmount: z.int(),
    baseAmount: z.int().optional(),
    billingIntervalCount: z.int(),
    trialPeriodDays: z.int(),
    maxManagedProducts: z.int().optional(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'VerifiedProduct' })

export const PaymentVerification = z
  .object({
    license: VerifiedLicense,
    product: VerifiedProduct.optional(),
    invoice: InvoiceDetails.optional(),
    paymentIntent: PaymentIntentDetails.optional(),
    recordedPayment: PaymentRecord.optional(),
  })
  .meta({
    id: 'PaymentVerification',
    examples: [
      {
        license: {
          licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
          priceLocked: false,
          plan: 'core',
          email: 'owner@acme.test',
          seats: 5,
          createdAt: '2026-03-01T09:30:00Z',
          expiresAt: '2027-03-01T09:30:00Z',
          licenseType: 'subscription',
        },
      },
    ],
  })

export function paymentVerification(verified: VerifiedPayment): z.infer<typeof PaymentVerification> {
  const { license, product, invoice, paymentIntent, recordedPayment } = verified
  const licenseType = licenseTypeOf(license)
  return {
    license: verifiedLicense(license, licenseType),
    ...(product === undefined ? {} : { product: verifiedProduct(product, licenseType) }),
    ...(invoice === undefined ? {} : { invoice }),
    ...(paymentIntent === undefined ? {} : { paymentIntent }),
    ...(recordedPayment === undefined ? {} : { recordedPayment: paymentRecord(recordedPayment) }),
  }
}

type LicenseType = (typeof licenseTypes)[number]

/** Everything that is not perpetual is a subscription to a dashboard; a perpetual license with a subscription behind it renews by itself. */
function licenseTypeOf({ kind, stripe }: licenses.StoredLicense): LicenseType {
  if (kind !== 'perpetual') return 'subscription'
  return stripe.subscriptionId === undefined ? 'perpetual_manual' : 'perpetual_auto'
}

function verifiedLicense(license: licenses.StoredLicense, licenseType: LicenseType): z.infer<typeof VerifiedLicense> {
  const { seats, maintenanceExpiresAt, stripe } = license
  return {
    licenseId: license.licenseId,
    priceLocked: license.priceLocked,
    ...filled({
      plan: license.plan,
      domain: license.domain,
      email: license.email,
      couponCode: license.couponCode,
      stripeInvoiceId: stripe.invoiceId,
      stripeCustomerId: stripe.customerId,
      stripeCheckoutId: stripe.checkoutSessionId,
    }),
    ...(seats === undefined ? {} : { seats }),
    createdAt: rfc3339(license.issuedAt),
    expiresAt: rfc3339(license.expiresAt),
    licenseType,
    ...(maintenanceExpiresAt === undefined ? {} : { maintenanceExpiresAt: rfc3339(maintenanceExpiresAt) }),
  }
}

function verifiedProduct(product: Product, licenseType: LicenseType): z.infer<typeof VerifiedProduct> {
  // The word by which a dashboard offers "manage subscription" for a product that is sold once.
  const mode = licenseType === 'perpetual_auto' ? { license_mode: 'subscription' } : {}
  return {
    slug: product.slug,
    name: product.name,
    plan: product.plan,
    ...filled({
      lookupKey: product.lookupKey,
      stripeProductId: product.stripeProductId,
      stripePriceId: product.stripePriceId,
    }),
    currency: product.currency,
    pricingMode: product.pricingMode,
    billingInterval: product.billingInterval,
    unitAmount: product.unitAmountMinor,
    ...(product.baseAmountMinor === 0 ? {} : { baseAmount: product.baseAmountMinor }),
    billingIntervalCount: product.billingIntervalCount,
    trialPeriodDays: product.trialPeriodDays,
    ...(product.maxManagedProducts === undefined ? {} : { maxManagedProducts: product.maxManagedProducts }),
    metadata: { ...product.metadata, ...mode },
  }
}
