import type { Mutant } from '../../mutant.ts'

const stripe = 'packages/stripe/src'
const invoice = [`${stripe}/payload/invoice.test.ts`]
const webhook = [`${stripe}/verify-webhook.test.ts`]

/** What is read of Stripe's objects, and who may tell us of them. */
export const stripeMoney: readonly Mutant[] = [
  {
    rule: 'an inquiry takes no money, and one that was closed took none',
    file: `${stripe}/payload/dispute.ts`,
    find: "warning_closed: 'won',",
    put: "warning_closed: 'lost',",
    tests: [`${stripe}/payload/dispute.test.ts`],
  },
  {
    rule: 'a dispute that is appealed is not over',
    file: `${stripe}/payload/dispute.ts`,
    find: "appeal_under_review: 'open',",
    put: "appeal_under_review: 'lost',",
    tests: [`${stripe}/payload/dispute.test.ts`],
  },
  {
    rule: 'whether a charge went back in full is read and not reckoned',
    file: `${stripe}/payload/charge.ts`,
    find: 'refundedInFull: charge.refunded,',
    put: 'refundedInFull: charge.amount_refunded >= charge.amount,',
    tests: [`${stripe}/payload/charge.test.ts`],
  },
  {
    rule: 'what costs nothing is paid',
    file: `${stripe}/payload/checkout-session.ts`,
    find: "if (paymentStatus === 'paid' || paymentStatus === 'no_payment_required') return true",
    put: "if (paymentStatus === 'paid') return true",
    tests: [`${stripe}/payload/checkout-session.test.ts`],
  },
  {
    rule: 'a payment status that nobody knows is no payment',
    file: `${stripe}/payload/checkout-session.ts`,
    find: "if (paymentStatus === 'unpaid') return false",
    put: "if (paymentStatus !== 'paid') return false",
    tests: [`${stripe}/payload/checkout-session.test.ts`],
  },
  {
    rule: 'every tax of an invoice counts',
    file: `${stripe}/payload/invoice.ts`,
    find: 'reduce((sum, tax) => sum + tax.amount, 0)',
    put: 'reduce((_sum, tax) => tax.amount, 0)',
    tests: invoice,
  },
  {
    rule: 'what is given back of nothing that was due is a credit',
    file: `${stripe}/payload/invoice.ts`,
    find: 'return minor < 0 || details.some(',
    put: 'return minor < 0 && details.some(',
    tests: invoice,
  },
  {
    rule: 'an invoice that is open is not paid',
    file: `${stripe}/payload/invoice.ts`,
    find: "paid: invoice.status === 'paid' || invoice.paid === true,",
    put: "paid: invoice.status !== 'draft' || invoice.paid === true,",
    tests: invoice,
  },
  {
    rule: 'the first invoice of a license with maintenance is about the license',
    file: `${stripe}/payload/invoice.ts`,
    find: "(invoice.billing_reason === 'subscription_create' ? lines.find(isPaidOnce) : undefined) ?? line",
    put: 'line',
    tests: invoice,
  },
  {
    rule: 'a subscription that is to end with its period is planned to end',
    file: `${stripe}/payload/subscription.ts`,
    find: 'subscription.cancel_at_period_end === true ? subscription.periodEnd : undefined',
    put: 'undefined',
    tests: [`${stripe}/payload/subscription.test.ts`],
  },
  {
    rule: 'a webhook that was signed long ago is refused',
    file: `${stripe}/verify-webhook.ts`,
    find: 'helper.verifyHeader(payload, header, secret, TOLERANCE_SECONDS, undefined, now.getTime())',
    put: 'helper.verifyHeader(payload, header, secret, 0)',
    tests: webhook,
  },
  {
    rule: 'a webhook whose time is in the future is refused',
    file: `${stripe}/verify-webhook.ts`,
    find: 'if (!(timestamp <= now.getTime() / 1000 + TOLERANCE_SECONDS))',
    put: 'if (Number.isNaN(timestamp))',
    tests: webhook,
  },
  {
    rule: 'while a secret is rolled either of two is good',
    file: `${stripe}/verify-webhook.ts`,
    find: 'if (!secrets.some((secret)',
    put: 'if (!secrets.every((secret)',
    tests: webhook,
  },
  {
    rule: 'an answer that there is no such object is not one that there is no right to see it',
    file: `${stripe}/stripe-client.ts`,
    find: 'return hasStatus(error, 404)\n',
    put: 'return hasStatus(error, 403, 404)\n',
    tests: [`${stripe}/stripe-client.test.ts`],
  },
]
