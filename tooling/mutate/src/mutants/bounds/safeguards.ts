import type { Mutant } from '../../mutant.ts'

const raced = ['packages/billing/src/lifecycle/safeguards.integration.test.ts']
const stops = ['packages/billing/src/reconcile/reconcile-stops.integration.test.ts']
const ends = ['packages/billing/src/maintenance/maintenance-end.test.ts']

/** Guards against two at once, leap days, leases and deadlines. */
export const safeguards: readonly Mutant[] = [
  {
    rule: 'of two answers about money that went back the older one is not stored over the newer',
    file: 'packages/db/src/reversals.ts',
    find: "\n      .where('version', '=', version)",
    put: '',
    tests: ['packages/db/src/reversals.integration.test.ts'],
  },
  {
    rule: 'of two answers about a subscription the older one is not stored over the newer',
    file: 'packages/db/src/subscriptions.ts',
    find: "\n      .where('version', '=', version)",
    put: '',
    tests: ['packages/db/src/subscriptions.integration.test.ts'],
  },
  {
    rule: 'a license that changed while its maintenance was recounted is recounted anew',
    file: 'packages/billing/src/maintenance/recount-maintenance.ts',
    find: 'if (present?.text !== before.text) return false',
    put: 'if (present === undefined) return false',
    tests: raced,
  },
  {
    rule: 'a license that changed while its renewal was signed is signed anew',
    file: 'packages/billing/src/maintenance/renew-maintenance.ts',
    find: "if (present?.text !== before.text) return 'stale'",
    put: "if (present === undefined) return 'stale'",
    tests: ['packages/billing/src/maintenance/maintenance.integration.test.ts'],
  },
  {
    rule: "an event whose own work reaches the database's deadline N times is parked",
    file: 'packages/billing/src/events/after-failure.ts',
    find: ' && !(tooLong && tries >= TRIES_BEFORE_PARKING)',
    put: '',
    tests: raced,
  },
  {
    rule: 'an event is not parked the first time that it reaches the deadline',
    file: 'packages/billing/src/events/after-failure.ts',
    find: '(tooLong && tries >= TRIES_BEFORE_PARKING)',
    put: 'tooLong',
    tests: raced,
  },
  {
    rule: 'a year of maintenance that lapsed is counted from the payment',
    file: 'packages/billing/src/maintenance/maintenance-end.ts',
    find: 'paidAt > endOf(counted) ? whole(paidAt) : counted',
    put: 'paidAt < endOf(counted) ? whole(paidAt) : counted',
    tests: ends,
  },
  {
    rule: 'years are counted from the purchase, so that 29 February finds back',
    file: 'packages/billing/src/maintenance/maintenance-end.ts',
    find: 'boughtAt !== undefined && isSame(addYears(boughtAt, 1), includedUntil) ? { from: boughtAt, years: 1 } : whole(includedUntil)',
    put: 'whole(includedUntil)',
    tests: ends,
  },
  {
    rule: 'years are never counted from a moved end',
    file: 'packages/billing/src/maintenance/maintenance-end.ts',
    find: 'counted = { from, years: before + 1 }',
    put: 'counted = whole(addYears(from, before + 1))',
    tests: ends,
  },
  {
    rule: 'of a stored license years are counted from when it was bought',
    file: 'packages/billing/src/maintenance/maintenance-end.ts',
    find: 'addYears(issuedAt, 1), payments, issuedAt)',
    put: 'addYears(issuedAt, 1), payments)',
    tests: ends,
  },
  {
    rule: '29 February becomes the 28th and not 1 March',
    file: 'packages/domain/src/time.ts',
    find: 'if (moved.getUTCMonth() !== instant.getUTCMonth()) moved.setUTCDate(0)',
    put: '',
    tests: ['packages/domain/src/domain.test.ts'],
  },
  {
    rule: 'a reconcile that lost its lease stops',
    file: 'packages/billing/src/reconcile/reconcile-once.ts',
    find: 'signal === undefined ? lost : AbortSignal.any([signal, lost])',
    put: 'signal ?? new AbortController().signal',
    tests: ['packages/billing/src/events/present-state.integration.test.ts'],
  },
  {
    rule: 'a reconcile that lost its lease feeds no further event',
    file: 'packages/billing/src/reconcile/feed-missed-events.ts',
    find: '    for (const event of page) {\n      signal?.throwIfAborted()\n',
    put: '    for (const event of page) {\n',
    tests: stops,
  },
  {
    rule: 'a reconcile that lost its lease tries no event again that waited',
    file: 'packages/billing/src/reconcile/feed-missed-events.ts',
    find: '    for (const { eventId } of waiting) {\n      signal?.throwIfAborted()\n',
    put: '    for (const { eventId } of waiting) {\n',
    tests: stops,
  },
  {
    rule: 'a reconcile that lost its lease mends no further purchase',
    file: 'packages/billing/src/reconcile/unserved-purchases.ts',
    find: '      options.signal?.throwIfAborted()\n',
    put: '',
    tests: stops,
  },
  {
    rule: 'a reconcile that lost its lease settles no parked event',
    file: 'packages/billing/src/reconcile/close-served.ts',
    find: '    signal?.throwIfAborted()\n',
    put: '',
    tests: stops,
  },
  {
    rule: 'a reconcile that lost its lease asks about no further license',
    file: 'packages/billing/src/reconcile/unpaid-licenses.ts',
    find: '      signal?.throwIfAborted()\n',
    put: '',
    tests: stops,
  },
  {
    rule: 'a lost lease is told to whoever works under it',
    file: 'packages/db/src/leases.ts',
    find: 'lost.abort(reason)',
    put: 'void reason',
    tests: ['packages/db/src/leases.integration.test.ts'],
  },
  {
    rule: 'the counters of coupons are compared, and are the same in whatever order events come',
    file: 'packages/db/src/licenses.ts',
    find: '  if (Object.keys(known).length === 0) return\n',
    put: "  if (links.checkoutSessionId !== undefined) await tx.updateTable('coupons').set({ taken: 7 }).execute()\n",
    tests: ['packages/billing/src/lifecycle/every-order-more-periods.integration.test.ts'],
  },
  {
    rule: "that an event waits for the database's deadline is told apart from MySQL being away",
    file: 'packages/db/src/mysql-error.ts',
    find: 'const cause = error instanceof DomainError ? error.cause : error',
    put: 'const cause = error',
    tests: raced,
  },
]
