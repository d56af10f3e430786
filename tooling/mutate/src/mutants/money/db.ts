import type { Mutant } from '../../mutant.ts'

const db = 'packages/db/src'
const errors = [`${db}/mysql-error.test.ts`]

/** What is left of a payment, and what an error of MySQL proves. */
export const dbMoney: readonly Mutant[] = [
  {
    rule: 'a lost dispute lessens what is left of a payment',
    file: `${db}/payment-report.ts`,
    find: 'return Math.max(0, kept - lost)',
    put: 'return Math.max(0, kept - lost * 0)',
    tests: [`${db}/payment-report.test.ts`],
  },
  {
    rule: 'a refund lessens what is left of a payment',
    file: `${db}/payment-report.ts`,
    find: 'Math.max(0, payment.amountTotalMinor - payment.amountRefundedMinor)',
    put: 'Math.max(0, payment.amountTotalMinor)',
    tests: [`${db}/payment-report.test.ts`],
  },
  {
    rule: 'a payment went back in full when that is recorded, and not when its amounts look so',
    file: `${db}/payments.ts`,
    find: 'refundedInFull: row.refunded_in_full === 1,',
    put: 'refundedInFull: row.amount_refunded_minor >= row.amount_total_minor,',
    tests: [`${db}/payments.test.ts`],
  },
  {
    rule: 'a walk through payments of one instant has one order',
    file: `${db}/payments.ts`,
    find: 'a.paymentKey < b.paymentKey ? 1 : -1',
    put: 'a.paymentKey < b.paymentKey ? -1 : 1',
    tests: [`${db}/payments.test.ts`],
  },
  {
    rule: 'whoever waited too long for a lock is in conflict, and begins again',
    file: `${db}/mysql-error.ts`,
    find: 'return errno === DEADLOCK || errno === LOCK_WAIT_TIMEOUT',
    put: 'return errno === DEADLOCK',
    tests: errors,
  },
  {
    rule: 'a value that looks like a key does not say which name is taken',
    file: `${db}/mysql-error.ts`,
    find: "([\\w$]+)'$/.exec(error.message)",
    put: "([\\w$]+)'/.exec(error.message)",
    tests: errors,
  },
]
