import type { Mutant } from '../../mutant.ts'

const src = 'packages/licensing/src'
const reasons = { file: `${src}/state/license-state.ts`, tests: [`${src}/state/license-state.test.ts`] }
const order = { file: `${src}/state/supersession.ts`, tests: [`${src}/state/supersession.test.ts`] }
const states = { file: `${src}/state/derived-states.ts`, tests: [`${src}/state/derived-states.test.ts`] }
const payments = { file: `${src}/state/derive-payments.ts`, tests: [`${src}/state/derive-payments.test.ts`] }
const together = { file: `${src}/state/connected.ts`, tests: [`${src}/state/connected.test.ts`] }

/** What became of a license and of its money. */
export const licensingMoney: readonly Mutant[] = [
  {
    rule: 'a lost dispute is a stronger reason than a refund',
    ...reasons,
    find: 'holds: (facts) => facts.disputeLost,',
    put: 'holds: (facts) => facts.disputeLost && !facts.refundedInFull,',
  },
  {
    rule: 'a refund in full revokes',
    ...reasons,
    find: 'holds: (facts) => facts.refundedInFull,',
    put: 'holds: () => false,',
  },
  {
    rule: 'an open dispute revokes nothing',
    ...reasons,
    find: 'holds: (facts) => facts.disputeLost,',
    put: 'holds: (facts) => facts.disputeLost || facts.disputeOpen,',
  },
  {
    rule: 'what a vendor switched off revokes nothing',
    ...reasons,
    find: '(rule.switchedOffBy === undefined || policy[rule.switchedOffBy]) && ',
    put: '',
  },
  {
    rule: 'what was credited is gone, also where canceled subscriptions run on',
    ...reasons,
    find: "    reason: 'canceled',\n    meaning: 'the subscription contains",
    put: "    reason: 'canceled',\n    switchedOffBy: 'revokeOnCancellation',\n    meaning: 'the subscription contains",
  },
  {
    rule: 'a change replaces nothing that has ended when it takes effect',
    ...order,
    find: 'change.issuedAt >= purchase.expiresAt',
    put: 'change.issuedAt > purchase.expiresAt',
  },
  {
    rule: 'of two changes at one instant only one replaces the other',
    ...order,
    find: 'apartMs > 0 || !isChange(purchase) || purchase.key < change.key',
    put: 'apartMs >= 0',
  },
  {
    rule: 'a change whose money went back takes no place',
    ...order,
    find: ', purchase) && isGood(',
    put: ', purchase) || isGood(',
  },
  {
    rule: 'the first of several changes takes the place',
    ...order,
    find: '.sort(byStart)[0]',
    put: '.sort(byStart).at(-1)',
  },
  {
    rule: 'a renewal replaces nothing',
    ...order,
    find: 'if (!isChange(change) || change.key === purchase.key) return false',
    put: 'if (change.key === purchase.key) return false',
  },
  {
    rule: 'a part of a bundle gives its place to the same part',
    ...order,
    find: '(isPart ? parts.get(license.productKey) : undefined) ?? ',
    put: '',
  },
  {
    rule: 'a change of plan stands on the money of what it replaced',
    ...states,
    find: '  return [purchase, ...all.filter(',
    put: '  return [purchase, ...all.slice(0, 0).filter(',
  },
  {
    rule: 'a change of plan is no way around an operator',
    ...states,
    find: '[...operatorMarks([license]), ...replacedRevokedAt]',
    put: 'operatorMarks([license])',
  },
  {
    rule: 'of several words of operators the earliest dates the revocation',
    ...states,
    find: 'inOrder([...operatorMarks([license]), ...replacedRevokedAt])',
    put: '[...operatorMarks([license]), ...replacedRevokedAt].toReversed()',
  },
  {
    rule: 'a revocation keeps its date when it is derived again',
    ...states,
    find: 'license.state.revokedReason === reason',
    put: 'license.state.revokedReason === license.licenseId',
  },
  {
    rule: 'a lost change is passed over by the policy of the vendor',
    ...states,
    find: 'every((payment) => !isLost(payment, policy))',
    put: 'every((payment) => payment.amountTotalMinor > 0)',
  },
  {
    rule: 'of several disputes over one payment the worst counts',
    ...payments,
    find: "['lost', 'open', 'inquiry', 'won']",
    put: "['won', 'inquiry', 'open', 'lost']",
  },
  {
    rule: 'a refund is lost money only as far as the vendor cares',
    ...payments,
    find: '(policy.revokeOnFullRefund && payment.refundedInFull)',
    put: 'payment.refundedInFull',
  },
  {
    rule: 'a reversal without a name is about no payment',
    ...payments,
    find: 'paymentIntentId !== undefined && ',
    put: "paymentIntentId !== '' && ",
  },
  {
    rule: 'a change hangs together with what it replaced',
    ...together,
    find: 'of [...changes, ...replaced])',
    put: 'of changes)',
  },
  {
    rule: 'purchases hang together through a chain of changes',
    ...together,
    find: 'found.size > before; )',
    put: 'before < 0; )',
  },
  {
    rule: 'a license has one announcement, and one for each renewed end of maintenance',
    file: `${src}/announce-license.ts`,
    find: 'renewedUntil && rfc3339(renewedUntil)',
    put: 'rfc3339(now)',
    tests: [`${src}/announce-license.test.ts`],
  },
  {
    rule: 'each signing key lists the revoked licenses of its own products',
    file: `${src}/sign-revocation-lists.ts`,
    find: '.filter(({ productKey }) => covered.includes(productKey))',
    put: '',
    tests: [`${src}/sign-revocation-lists.test.ts`],
  },
  {
    rule: 'facts about one subscription wait for each other, whichever payment they name',
    file: `${src}/lock-purchase.ts`,
    find: 'stripe.subscriptionId ?? stripe.paymentIntentId',
    put: 'stripe.paymentIntentId ?? stripe.subscriptionId',
    tests: [`${src}/lock-purchase.test.ts`],
  },
  {
    rule: 'a license is over at its end',
    file: `${src}/license-status.ts`,
    find: 'now < license.expiresAt',
    put: 'now <= license.expiresAt',
    tests: [`${src}/license-status.test.ts`],
  },
  {
    rule: 'a license by hand does not end before it begins',
    file: `${src}/issue-manually.ts`,
    find: 'request.expiresAt <= now',
    put: 'request.expiresAt < now',
    tests: [`${src}/issue-manually.test.ts`],
  },
  {
    rule: 'an invoice of several charges is refunded in full when the sum is, and not when one charge is',
    ...payments,
    find: 'if (amountChargedMinor === undefined || amountChargedMinor <= 0) return',
    put: 'if (refunds.length > 0) return',
  },
  {
    rule: 'refunds of several charges are added up',
    ...payments,
    find: 'return refunds.reduce((sum, refund) => sum + refund.amountMinor, 0) >= amountChargedMinor',
    put: 'return refunds.some((refund) => refund.amountMinor >= amountChargedMinor)',
  },
  {
    rule: "a period that is paid after the subscription's end is good",
    ...states,
    find: 'return paidAt !== undefined && paidAt > endedAt ? undefined : endedAt',
    put: 'return endedAt',
  },
  {
    rule: "a period that was paid before the subscription's end goes with it",
    ...states,
    find: 'return paidAt !== undefined && paidAt > endedAt ? undefined : endedAt',
    put: 'return paidAt !== undefined ? undefined : endedAt',
  },
  {
    rule: 'a credit ends the license at its own instant and not at that of the subscription',
    ...states,
    find: 'canceled: creditedAt ?? subscriptionEndedAt',
    put: 'canceled: subscriptionEndedAt ?? creditedAt',
  },
  {
    rule: 'a credited license is revoked',
    ...states,
    find: 'creditedEarly: creditedAt !== undefined,',
    put: 'creditedEarly: false,',
  },
  {
    rule: 'a credit ends no license of a period that begins later or has ended before',
    ...states,
    find: 'ends.find((at) => issuedAt <= at && at < expiresAt)',
    put: 'ends[0]',
  },
]
