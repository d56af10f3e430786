import type { Mutant } from '../../mutant.ts'

/** All payments count, and one function says which product speaks for a key. */
export const productKeys: readonly Mutant[] = [
  {
    rule: 'all payments of a purchase count',
    file: 'packages/db/src/payments.ts',
    find: "    .where('issuance_key', '=', issuanceKey)\n",
    put: "    .where('issuance_key', '=', issuanceKey)\n    .limit(100)\n",
    tests: ['packages/db/src/payments.integration.test.ts'],
  },
  {
    rule: 'all payments of several purchases count',
    file: 'packages/db/src/payments.ts',
    find: "    .where('issuance_key', 'in', issuanceKeys)\n",
    put: "    .where('issuance_key', 'in', issuanceKeys)\n    .limit(100)\n",
    tests: ['packages/db/src/payments.integration.test.ts'],
  },
  {
    rule: 'a perpetual license issued by hand counts in its cap whatever type its product is listed under',
    file: 'packages/licensing/src/issue-manually.ts',
    find: 'if (product !== undefined && isCapped(licenseModeOf(product))) {',
    put: "if (product?.type === 'one_off') {",
    tests: ['services/api/test/contract/issue-license.test.ts'],
  },
  {
    rule: 'an issue by hand counts in the cap of a bundle',
    file: 'packages/licensing/src/issue-manually.ts',
    find: 'if (product !== undefined && isCapped(licenseModeOf(product))) {',
    put: "if (product?.type === 'one_off' && product.bundledProducts.length === 0) {",
    tests: ['services/api/test/contract/issue-license.test.ts'],
  },
  {
    rule: 'an issue by hand asks which product speaks for the key, bundles and one-off products included',
    file: 'packages/licensing/src/issue-manually.ts',
    find: 'productOfKey(await products.listActive(tx), productKey)',
    put: "(await products.findComponents(tx, productKey, 'subscription'))[0]",
    tests: ['services/api/test/contract/issue-license.test.ts'],
  },
  {
    rule: 'a trial asks which product speaks for the key',
    file: 'packages/licensing/src/trial/issue-trial.ts',
    find: 'productOfKey(await reading(() => products.listActive(deps.db)), productKey)',
    put: '(await reading(() => products.listActive(deps.db))).find((one) => one.productKey === productKey)',
    tests: ['services/api/test/contract/issue-trial.test.ts'],
  },
  {
    rule: 'a one-off product speaks for a key before a subscription',
    file: 'packages/catalog/src/product-of-key.ts',
    find: "candidates.find((candidate) => candidate.type === 'one_off') ?? candidates[0]",
    put: 'candidates[0]',
    tests: ['services/api/test/contract/product-keys.test.ts'],
  },
]
