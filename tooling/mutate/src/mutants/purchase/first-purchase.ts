import type { Mutant } from '../../mutant.ts'

const first = 'packages/billing/src/purchase/first-purchase.integration.test.ts'
const noLonger = 'packages/billing/src/lifecycle/what-is-no-longer-sold.integration.test.ts'
const purchase = 'packages/billing/src/purchase'
const terms = 'packages/terms/src'

/** One rule for session, first invoice, renewal and change. */
export const firstPurchase: readonly Mutant[] = [
  {
    rule: 'the session of a subscription is read by its invoice, as the invoice itself is',
    file: `${purchase}/issue-from-checkout.ts`,
    find: 'const { metadata, period, priceId, soldAs, startsFree } = first',
    put: 'const [{ period, priceId, soldAs, startsFree }, metadata] = [first, bought]',
    tests: [first],
  },
  {
    rule: 'the session of a subscription remembers on what the license was sold',
    file: `${purchase}/issue-from-checkout.ts`,
    find: 'const { metadata, period, priceId, soldAs, startsFree } = first',
    put: 'const { metadata, period, priceId, startsFree } = first\n  const soldAs = undefined',
    tests: [first],
  },
  {
    rule: 'a first invoice brings what its lines pay for',
    file: `${purchase}/read-first-period.ts`,
    find: 'metadata: entitlementOf(bought, boughtProduct ?? units.product, units)',
    put: 'metadata: bought',
    tests: [first],
  },
  {
    rule: 'a first invoice over zero units brings nothing',
    file: `${terms}/paid-units.ts`,
    find: 'const ofCatalog = lines.filter(({ product, quantity }) => product !== undefined && quantity > 0)',
    put: 'const ofCatalog = lines.filter(({ product }) => product !== undefined)',
    tests: [first],
  },
  {
    rule: 'a first invoice takes the period of our own line and not of the first one',
    file: `${purchase}/read-first-period.ts`,
    find: 'period: isMaintained ? maintenance.period : units.period,',
    put: 'period: maintenance.period,',
    tests: [first],
  },
  {
    rule: 'an anchored first period is a period',
    file: `${purchase}/read-first-period.ts`,
    find: "periods.length > 0 ? periods : lines.filter(({ kind }) => kind === 'change')",
    put: 'periods',
    tests: [first],
  },
  {
    rule: 'taking an item off and putting another on is a change of plan, and ends nothing',
    file: `${terms}/paid-units.ts`,
    find: 'const after = touched.flatMap(',
    put: 'const after = touched.slice(0, 1).flatMap(',
    tests: [noLonger],
  },
  {
    rule: 'more parts than one sale brings are parked before anything is signed',
    file: `${terms}/entitlement-of.ts`,
    find: 'if (partsInAll > MOST_PARTS_OF_A_SALE)',
    put: 'if (partsInAll > 10 * MOST_PARTS_OF_A_SALE)',
    tests: [noLonger],
  },
]
