import type { Mutant } from '../../mutant.ts'

const billing = 'packages/billing/src'
const failed = [`${billing}/events/after-failure.test.ts`]
const ended = [`${billing}/maintenance/maintenance-end.test.ts`]
const endpoints = [`${billing}/webhook-endpoint/our-endpoints.test.ts`]

/** What is made of a payment, of money that went back, and of an event that nobody can serve now. */
export const billingMoney: readonly Mutant[] = [
  {
    rule: 'all of a charge went back when Stripe says so, and not when its amounts look so',
    file: `${billing}/lifecycle/record-reversal.ts`,
    find: "const status = refundedInFull ? 'full' :",
    put: "const status = refundedInFull || amountMinor >= 5000 ? 'full' :",
    tests: [`${billing}/lifecycle/record-reversal.test.ts`],
  },
  {
    rule: 'a refund that failed leaves nothing that went back',
    file: `${billing}/lifecycle/record-reversal.ts`,
    find: "amountMinor > 0 ? 'partial' : 'none'",
    put: "amountMinor >= 0 ? 'partial' : 'none'",
    tests: [`${billing}/lifecycle/record-reversal.test.ts`],
  },
  {
    rule: 'an error that may be a moment is tried again before it is put aside',
    file: `${billing}/events/after-failure.ts`,
    find: '&& tries < TRIES_BEFORE_PARKING)',
    put: '&& tries < 1)',
    tests: failed,
  },
  {
    rule: 'an error that stays is put aside, so that others flow',
    file: `${billing}/events/after-failure.ts`,
    find: '&& tries < TRIES_BEFORE_PARKING)',
    put: '&& tries < Number.POSITIVE_INFINITY)',
    tests: failed,
  },
  {
    rule: 'an unknown shape is parked and not tried again',
    file: `${billing}/events/after-failure.ts`,
    find: ' && !(error instanceof z.ZodError)',
    put: '',
    tests: failed,
  },
  {
    rule: 'maintenance that had lapsed is renewed from the payment',
    file: `${billing}/maintenance/maintenance-end.ts`,
    find: 'paidAt > endOf(counted) ? whole(paidAt) : counted',
    put: 'counted',
    tests: ended,
  },
  {
    rule: 'an earlier period of maintenance shortens nothing',
    file: `${billing}/maintenance/maintenance-end.ts`,
    find: 'coversUntil !== undefined && coversUntil > endOf(counted)',
    put: 'coversUntil !== undefined',
    tests: ended,
  },
  {
    rule: 'a period of maintenance is renewed by a whole period, and not by a part of one',
    file: `${billing}/maintenance/renewal-of-invoice.ts`,
    find: "      kind === 'period' &&\n",
    put: '',
    tests: [`${billing}/maintenance/renewal-of-invoice.test.ts`],
  },
  {
    rule: 'a line over no time changes nothing of a subscription',
    file: `${billing}/purchase/earlier-changes.ts`,
    find: ' && period.start < period.end',
    put: '',
    tests: [`${billing}/purchase/earlier-changes.test.ts`],
  },
  {
    rule: 'what has more at Stripe is not called another application’s',
    file: `${billing}/events/look-through.ts`,
    find: "if (key === 'has_more' && inner === true) hasMore = true",
    put: '',
    tests: [`${billing}/events/look-through.test.ts`],
  },
  {
    rule: 'a refund that failed is heard of',
    file: `${billing}/events/handled-events.ts`,
    find: "  'refund.failed',\n",
    put: '',
    tests: [`${billing}/events/handled-events.test.ts`],
  },
  {
    rule: 'the endpoint whose secret we have is not switched off for one whose secret we may not have',
    file: `${billing}/webhook-endpoint/our-endpoints.ts`,
    find: 'return unclaimed.length > ',
    put: 'return unclaimed.length >= ',
    tests: endpoints,
  },
  {
    rule: 'an endpoint that lacks an event does not send what we handle',
    file: `${billing}/webhook-endpoint/our-endpoints.ts`,
    find: "enabled.includes('*') ? []",
    put: "enabled.includes('*') || enabled.length > 10 ? []",
    tests: endpoints,
  },
]
