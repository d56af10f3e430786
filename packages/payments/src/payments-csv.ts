import type { paymentReport } from '@licenseoperator/db'
import { rfc3339 } from '@licenseoperator/domain'
import { splitName } from './customer-name.ts'

type Cell = (payment: paymentReport.ReportedPayment) => string | number | undefined

/** Columns in their order: readers count them, so further ones stand at the end. Amounts in minor units, instants in RFC 3339. */
const columns: Readonly<Record<string, Cell>> = {
  paidAt: ({ paidAt }) => rfc3339(paidAt),
  capturedAt: ({ capturedAt }) => capturedAt && rfc3339(capturedAt),
  organizationName: ({ groupName }) => groupName,
  customerFirstName: ({ customerName }) => splitName(customerName).first,
  customerLastName: ({ customerName }) => splitName(customerName).last,
  customerEmail: ({ customerEmail }) => customerEmail,
  currency: ({ currency }) => currency,
  amountSubtotal: ({ amountSubtotalMinor }) => amountSubtotalMinor,
  amountTax: ({ amountTaxMinor }) => amountTaxMinor,
  amountTotal: ({ amountTotalMinor }) => amountTotalMinor,
  productId: ({ stripeProductId }) => stripeProductId,
  invoiceId: ({ stripeInvoiceId }) => stripeInvoiceId,
  paymentIntentId: ({ stripePaymentIntentId }) => stripePaymentIntentId,
  stripeCustomerId: ({ stripeCustomerId }) => stripeCustomerId,
  billingLine1: ({ billingAddress }) => billingAddress?.line1,
  billingLine2: ({ billingAddress }) => billingAddress?.line2,
  billingCity: ({ billingAddress }) => billingAddress?.city,
  billingState: ({ billingAddress }) => billingAddress?.state,
  billingPostalCode: ({ billingAddress }) => billingAddress?.postalCode,
  billingCountry: ({ billingAddress }) => billingAddress?.country,
  amountRefunded: ({ amountRefundedMinor }) => amountRefundedMinor,
  disputeStatus: ({ disputeStatus }) => disputeStatus,
  amountNet: ({ amountNetMinor }) => amountNetMinor,
  licenseId: ({ license }) => license?.licenseId,
  productSlug: ({ license }) => license?.productSlug,
  plan: ({ license }) => license?.plan,
}
const cells = Object.values(columns)

/** The header row; a file without payments has it, too. */
export const paymentsCsvHeader = `${Object.keys(columns).join(',')}\r\n`

/** Rows in the form of RFC 4180. */
export function paymentsCsv(batch: readonly paymentReport.ReportedPayment[]): string {
  return batch.map((payment) => `${cells.map((cell) => csvCell(cell(payment))).join(',')}\r\n`).join('')
}

/**
 * One cell. Text that a spreadsheet would run as a formula gets an apostrophe in front (some read full-width signs as well); numbers are ours and stay numbers.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const harmless = /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
