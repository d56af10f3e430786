import type { Mutant } from '../mutant.ts'

export const bounds: readonly Mutant[] = [
  {
    rule: 'a year of maintenance that lapsed is counted from the payment',
    file: 'packages/billing/src/maintenance/maintenance-end.ts',
    find: 'paidAt > endOf(counted) ? whole(paidAt) : counted',
    put: 'paidAt < endOf(counted) ? whole(paidAt) : counted',
    tests: ['packages/billing/src/maintenance/maintenance-end.test.ts'],
  },
]
