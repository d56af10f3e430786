import type { Mutant } from '../../mutant.ts'

const payments = 'packages/payments/src'

/** What people and their spreadsheets are told of a payment. */
export const paymentsMoney: readonly Mutant[] = [
  {
    rule: 'a name that begins like a formula is no formula in a spreadsheet',
    file: `${payments}/payments-csv.ts`,
    find: '/^[=+\\-@\\t\\r＝＋－＠]/',
    put: '/^[=+@\\t\\r＝＋－＠]/',
    tests: [`${payments}/payments-csv.test.ts`],
  },
  {
    rule: 'the tax of an invoice is the sum of its taxes',
    file: `${payments}/stripe-details.ts`,
    find: '(sum, tax) => sum + tax.amount',
    put: '(_sum, tax) => tax.amount',
    tests: [`${payments}/stripe-details.test.ts`],
  },
  {
    rule: 'what came is not what was asked for',
    file: `${payments}/stripe-details.ts`,
    find: 'amountReceived: intent.amount_received,',
    put: 'amountReceived: intent.amount,',
    tests: [`${payments}/stripe-details.test.ts`],
  },
  {
    rule: 'a recorded payment intent is not replaced by another',
    file: `${payments}/verify-payment.ts`,
    find: 'recorded.stripePaymentIntentId ?? paymentIntent?.id',
    put: 'paymentIntent?.id ?? recorded.stripePaymentIntentId',
    tests: [`${payments}/verify-payment.test.ts`],
  },
  {
    rule: 'while Stripe cannot be asked no invoice is made up',
    file: `${payments}/verify-payment.ts`,
    find: '      stripeInvoiceId === undefined\n',
    put: '      stripeInvoiceId === null\n',
    tests: [`${payments}/verify-payment.test.ts`],
  },
]
