import type { paymentReport, payments } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { splitName } from '@licenseoperator/payments'
import { z } from 'zod'
import { InstantOut } from './fields.ts'
import { filled } from './public-product.ts'

const example = {
  paidAt: '2026-03-01T09:30:00Z',
  capturedAt: '2026-03-01T09:30:00Z',
  organizationName: 'acme',
  customerFirstName: 'Ada',
  customerLastName: 'Lovelace',
  customerEmail: 'ada@acme.test',
  currency: 'usd',
  amountSubtotal: 19_900,
  amountTax: 0,
  amountTotal: 19_900,
  productId: 'prod_NWjs8kKbJWmuuc',
  invoiceId: 'in_1MtHbELkdIwHu7ix',
  paymentIntentId: 'pi_3MtwBwLkdIwHu7ix',
  stripeCustomerId: 'cus_2977z9zYn3fHoe',
  billingAddress: { line1: 'Main St 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
}

export const PaymentRecord = z
  .object({
    paidAt: InstantOut,
    capturedAt: InstantOut.optional(),
    organizationName: z.string().optional(),
    customerFirstName: z.string().optional(),
    customerLastName: z.string().optional(),
    customerEmail: z.string().optional(),
    currency: z.string(),
    amountSubtotal: z.int().meta({ description: 'Minor units' }),
    amountTax: z.int(),
    amountTotal: z.int(),
    amountRefunded: z.int().optional().meta({ description: 'Given back so far, minor units; absent when nothing was' }),
    disputeStatus: z
      .enum(['inquiry', 'open', 'won', 'lost'])
      .optional()
      .meta({ description: 'Of its latest dispute; absent when there was none' }),
    amountNet: z
      .int()
      .optional()
      .meta({ description: 'Total less refunds and lost disputes, minor units; absent when nothing went back' }),
    productId: z.string().optional().meta({ description: 'Stripe product id' }),
    invoiceId: z.string().optional(),
    paymentIntentId: z.string().optional(),
    stripeCustomerId: z.string().optional(),
    licenseId: z.string().optional().meta({ description: 'The license that it paid for' }),
    productSlug: z.string().optional(),
    plan: z.string().optional(),
    billingAddress: z
      .object({
        line1: z.string().optional(),
        line2: z.string().optional(),
        city: z.string().optional(),
        state: z.string().optional(),
        postalCode: z.string().optional(),
        country: z.string().optional(),
      })
      .optional(),
  })
  .meta({
    id: 'PaymentRecord',
    examples: [example],
  })

export const PaymentPage = z
  .object({ items: z.array(PaymentRecord), page: z.int(), pageSize: z.int(), total: z.int() })
  .meta({ id: 'PaymentPage', examples: [{ items: [example], page: 1, pageSize: 50, total: 1 }] })

/** @param payment  a stored one, or one as reports complete it */
export function paymentRecord(
  payment: payments.StoredPayment & Partial<Pick<paymentReport.ReportedPayment, 'license' | 'amountNetMinor'>>,
): z.infer<typeof PaymentRecord> {
  const { first, last } = splitName(payment.customerName)
  const { billingAddress, capturedAt, amountNetMinor, license } = payment
  const address = filled({
    line1: billingAddress?.line1,
    line2: billingAddress?.line2,
    city: billingAddress?.city,
    state: billingAddress?.state,
    postalCode: billingAddress?.postalCode,
    country: billingAddress?.country,
  })
  return {
    paidAt: rfc3339(payment.paidAt),
    ...(capturedAt === undefined ? {} : { capturedAt: rfc3339(capturedAt) }),
    ...filled({
      organizationName: payment.groupName,
      customerFirstName: first,
      customerLastName: last,
      customerEmail: payment.customerEmail,
    }),
    currency: payment.currency,
    amountSubtotal: payment.amountSubtotalMinor,
    amountTax: payment.amountTaxMinor,
    amountTotal: payment.amountTotalMinor,
    ...(payment.amountRefundedMinor === 0 ? {} : { amountRefunded: payment.amountRefundedMinor }),
    ...(payment.disputeStatus === undefined ? {} : { disputeStatus: payment.disputeStatus }),
    ...(amountNetMinor === undefined || amountNetMinor === payment.amountTotalMinor ? {} : { amountNet: amountNetMinor }),
    ...filled({
      productId: payment.stripeProductId,
      invoiceId: payment.stripeInvoiceId,
      paymentIntentId: payment.stripePaymentIntentId,
      stripeCustomerId: payment.stripeCustomerId,
      licenseId: license?.licenseId,
      productSlug: license?.productSlug,
      plan: license?.plan,
    }),
    ...(Object.keys(address).length === 0 ? {} : { billingAddress: address }),
  }
}
