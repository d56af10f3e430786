import type { Mutant } from '../../mutant.ts'

const first = 'packages/billing/src/purchase/first-purchase.integration.test.ts'
const noLonger = 'packages/billing/src/lifecycle/what-is-no-longer-sold.integration.test.ts'
const units = 'packages/terms/src/paid-units.test.ts'
const purchase = 'packages/billing/src/purchase'
const terms = 'packages/terms/src'

/** One rule for session, first invoice, renewal and change. */
export const firstPurchase: readonly Mutant[] = [
  {
    rule: 'all lines of the product are added up',
    file: `${terms}/paid-units.ts`,
    find: 'const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)',
    put: 'const { quantity } = line',
    tests: [units],
  },
  {
    rule: 'only lines of the product that was bought are added up',
    file: `${terms}/paid-units.ts`,
    find: 'const bought = ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)',
    put: 'const bought = lines.filter(({ product }) => product === undefined || product.id === boughtProduct?.id)',
    tests: [units],
  },
  {
    rule: 'the quantity of the items of a session counts',
    file: `${terms}/units-of-session.ts`,
    find: 'quantity: quantity ?? 1',
    put: 'quantity: quantity === null ? 0 : 1',
    tests: [first],
  },
  {
    rule: 'what a session sells once is read from its lines',
    file: `${terms}/units-of-session.ts`,
    find: 'metadata: entitlementOf(bought, boughtProduct ?? units.product, units)',
    put: 'metadata: bought',
    tests: [first],
  },
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
    rule: 'the period is that of our own line, wherever it stands',
    file: `${terms}/paid-units.ts`,
    find: 'const bought = ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)',
    put: 'const bought = [...lines.slice(0, 1), ...ofCatalog.filter(({ product }) => product?.id === boughtProduct?.id)]',
    tests: [units],
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
    rule: 'bundles bring their parts times the quantity',
    file: `${terms}/entitlement-of.ts`,
    find: '[key, count * quantity, ...rest]',
    put: '[key, count, ...rest]',
    tests: [first],
  },
  {
    rule: 'seats are multiplied by the quantity',
    file: `${terms}/entitlement-of.ts`,
    find: '{ managed_products: metadata.managed_products * quantity }',
    put: '{ managed_products: metadata.managed_products }',
    tests: [first],
  },
  {
    rule: 'a switch to a tiered price brings the seats that it pays for',
    file: `${terms}/entitlement-of.ts`,
    find: 'const seats = seatsOfPrice(paidFor, line.unitAmountMinor, quantity)',
    put: 'const seats = seatsOf(paidFor) ?? quantity',
    tests: [noLonger],
  },
  {
    rule: 'a tiered price that pays for nobody knows how many seats is parked',
    file: `${terms}/entitlement-of.ts`,
    find: 'if (seats === undefined) throw',
    put: 'if (seats === 0) throw',
    tests: [noLonger],
  },
  {
    rule: 'an item put on counts wherever it stands beside the one taken off',
    file: `${terms}/paid-units.ts`,
    find: 'const after = touched.flatMap(',
    put: 'const after = touched.slice(0, 1).flatMap(',
    tests: [units],
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
