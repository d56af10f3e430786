import type { Mutant } from '../../mutant.ts'

const costs = ['packages/billing/src/lifecycle/cost-of-deriving.integration.test.ts']

/** Only what a fact touches is derived, and a sale has a bounded size. */
export const deriving: readonly Mutant[] = [
  {
    rule: 'a fact about a purchase reads no other period',
    file: 'packages/licensing/src/state/connected.ts',
    find: '    for (const purchase of [...changes, ...replaced]) found.set(purchase.key, purchase)\n',
    put: '    for (const purchase of [...changes, ...replaced, ...(await periods.startingWithin(new Date(0), until))]) found.set(purchase.key, purchase)\n',
    tests: costs,
  },
  {
    rule: 'a fact about a purchase looks only at what starts within its time',
    file: 'packages/licensing/src/state/touched.ts',
    find: 'licensePeriods.startingWithin(tx, subscriptionId, from, until)',
    put: 'licensePeriods.startingWithin(tx, subscriptionId, new Date(0), until)',
    tests: costs,
  },
  {
    rule: 'the end of a subscription reads only what lasts beyond it',
    file: 'packages/licensing/src/state/touched.ts',
    find: 'licensePeriods.endingAfter(tx, subscriptionId, endedAt)',
    put: 'licensePeriods.endingAfter(tx, subscriptionId, new Date(0))',
    tests: costs,
  },
  {
    rule: 'a subscription that has not ended reads none of its licenses',
    file: 'packages/licensing/src/state/touched.ts',
    find: 'if (endedAt === undefined) return []',
    put: 'if (endedAt === undefined) return licensesOf(tx, (await licensePeriods.endingAfter(tx, subscriptionId, new Date(0))).map(({ key }) => key))',
    tests: costs,
  },
  {
    rule: 'a license that is settled reads its purchase once, and not once for each part',
    file: 'packages/licensing/src/state/derive-licenses.ts',
    find: '  for (const { license, after } of derivedStates(',
    put: '  for (const { issuanceKey } of touched) await licensesTouched(tx, { issuanceKey: issuanceKey.replace(/#.*/, "") })\n  for (const { license, after } of derivedStates(',
    tests: costs,
  },
  {
    rule: 'the parts of a bundle are limited when it is put on sale, in the file and over HTTP',
    file: 'packages/catalog/src/product-rules.ts',
    find: '    ...bundleSizeProblems(product.bundledProducts),\n',
    put: '',
    tests: ['services/api/test/contract/one-rule-book.test.ts'],
  },
  {
    rule: 'the parts of a bundle are added up',
    file: 'packages/catalog/src/bundle-size.ts',
    find: 'parts += component?.quantity ?? 0',
    put: 'parts = component?.quantity ?? 0',
    tests: ['packages/catalog/src/bundle-size.test.ts'],
  },
  {
    rule: 'the parts of one sale are limited, whatever quantity Stripe names',
    file: 'packages/terms/src/entitlement-of.ts',
    find: 'if (partsInAll > MOST_PARTS_OF_A_SALE) throw',
    put: 'if (partsInAll < 0) throw',
    tests: ['packages/billing/src/lifecycle/what-is-no-longer-sold.integration.test.ts'],
  },
]
