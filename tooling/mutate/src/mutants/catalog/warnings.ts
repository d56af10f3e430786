import type { Mutant } from '../../mutant.ts'

const tests = ['packages/config/src/doubtful-catalog.test.ts']
const file = 'packages/config/src/doubtful-catalog.ts'

/** `config check` warns of what is allowed and probably not meant. */
export const warnings: readonly Mutant[] = [
  {
    rule: 'a default slug that names no product of the file is a warning',
    file,
    find: 'if (product === undefined) return [',
    put: 'if (product === undefined) return []\n    if (product === null) return [',
    tests,
  },
  {
    rule: 'a default slug that names a product that is not sold is a warning',
    file,
    find: 'if (!product.active) return [',
    put: 'if (product.active === null) return [',
    tests,
  },
  {
    rule: 'a default slug that names a product of another type is a warning',
    file,
    find: 'return product.type === type ? [] :',
    put: 'return product.slug !== type ? [] :',
    tests,
  },
  {
    rule: 'a perpetual product without a maintenance price is a warning',
    file,
    find: "if ((mode !== 'perpetual_manual' && mode !== 'perpetual_auto') || namesItsPrice) return []",
    put: "if (mode !== 'perpetual_auto' || namesItsPrice) return []",
    tests,
  },
  {
    rule: 'a product with automatic maintenance and without a price of it is a warning',
    file,
    find: "if ((mode !== 'perpetual_manual' && mode !== 'perpetual_auto') || namesItsPrice) return []",
    put: "if (mode !== 'perpetual_manual' || namesItsPrice) return []",
    tests,
  },
  {
    rule: 'only automatic maintenance may name its price at the product',
    file,
    find: "mode === 'perpetual_auto' && product?.metadata",
    put: 'product?.metadata',
    tests,
  },
  {
    rule: 'retention that nothing reads is a warning',
    file: 'packages/config/src/check-relations.ts',
    find: "if (key !== 'delete_only_trials') warnings.push(",
    put: "if (key === '') warnings.push(",
    tests: ['packages/config/src/load-config.test.ts'],
  },
  {
    rule: 'an operator license that is configured and does not count is a warning',
    file: 'services/cli/src/commands/config.ts',
    find: "if (state === 'invalid' || state === 'error')",
    put: "if (state === 'invalid')",
    tests: ['services/cli/test/operate.integration.test.ts'],
  },
  {
    rule: 'an operator license that is not good is a warning',
    file: 'services/cli/src/commands/config.ts',
    find: "if (state === 'invalid' || state === 'error')",
    put: "if (state === 'error')",
    tests: ['services/cli/test/operate.integration.test.ts'],
  },
]
