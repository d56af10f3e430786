import type { Mutant } from '../../mutant.ts'

const doubt = 'packages/billing/src/events/in-doubt.integration.test.ts'
const later = 'packages/billing/src/purchase/read-later-period.ts'

/** Where nobody can tell what was paid for, it is parked, and reconcile names it. */
export const inDoubt: readonly Mutant[] = [
  {
    rule: 'a first invoice that names no product is parked as such',
    file: 'packages/billing/src/purchase/read-first-period.ts',
    find: "if (boughtProduct === undefined) throw inDoubt('neither its metadata nor its price names a product')",
    put: 'void inDoubt',
    tests: [doubt],
  },
  {
    rule: 'an item beside a license that nobody knows on what it was sold is parked',
    file: later,
    find: "prorations.every(({ kind }) => kind === 'change')",
    put: "prorations.every(({ kind }) => kind === 'once')",
    tests: [doubt],
  },
  {
    rule: 'items taken off a license that nobody knows on what it was sold are parked',
    file: later,
    find: 'if (items.length === 0) throw',
    put: 'if (items.length > 9) throw',
    tests: [doubt],
  },
  {
    rule: 'a renewal by lines that say nothing is parked where its first invoice is not known',
    file: later,
    find: 'if (first === undefined) throw inDoubt(',
    put: 'if (first === undefined) return { lines, sold }\n  if (first.lines.length > 99) throw inDoubt(',
    tests: [doubt],
  },
  {
    rule: 'a renewal by lines that say nothing is parked where its first invoice sold several',
    file: later,
    find: 'if (items.length !== 1)',
    put: 'if (items.length < 1)',
    tests: [doubt],
  },
  {
    rule: 'maintenance that nobody knows on what it was sold is parked',
    file: 'packages/billing/src/maintenance/renewal-of-invoice.ts',
    find: 'if (sold === undefined) throw',
    put: 'if (sold === undefined) return undefined\n  if (sold.length > 99) throw',
    tests: [doubt],
  },
  {
    rule: 'reconcile names a paid invoice that nobody can serve, also when Stripe has forgotten its events',
    file: 'packages/billing/src/reconcile/unserved-purchases.ts',
    find: '// Paid for, and nobody can be served: processing it again says why.',
    put: 'if (error instanceof Error) return []',
    tests: [doubt],
  },
]
