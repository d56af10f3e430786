import type { Mutant } from '../../mutant.ts'

const bothDoors = ['services/api/test/contract/one-rule-book.test.ts']
const overHttp = ['services/api/test/contract/admin-products.test.ts']
const changes = ['services/api/test/contract/product-change.test.ts']
const rules = 'packages/catalog/src/bundle-rules.ts'
const write = 'packages/catalog-admin/src/admin/write-product.ts'
const asBought = ['packages/billing/src/purchase/bundle-as-bought.integration.test.ts']

/** No bundle is put on sale that could not be delivered, by no path; and one that was sold keeps its parts. */
export const bundles: readonly Mutant[] = [
  { rule: 'a part that is not sold any more is none', file: rules, find: 'product.active && ', put: '', tests: bothDoors },
  {
    rule: 'a part that is a bundle itself is none',
    file: rules,
    find: ' && product.bundledProducts.length === 0',
    put: '',
    tests: bothDoors,
  },
  {
    rule: 'an unknown part is refused',
    file: rules,
    find: "return [problem('names no active product that is not a bundle itself', 'bundledProducts', index, 'productKey')]",
    put: 'return []',
    tests: bothDoors,
  },
  {
    rule: 'a tiered part says how many seats it grants',
    file: rules,
    find: "part.pricingMode === 'tiered' && managedProducts === undefined",
    put: 'managedProducts === null',
    tests: bothDoors,
  },
  {
    rule: "of several products with a part's key those of the bundle's type come first",
    file: rules,
    find: 'parts.find((candidate) => candidate.type === bundle.type) ?? parts[0]',
    put: 'parts[0]',
    tests: ['packages/catalog/src/bundle-rules.test.ts'],
  },
  {
    rule: 'the file is checked for bundles that could not be delivered',
    file: 'packages/config/src/check-relations.ts',
    find: 'return [...problems, ...checkBundles(products)]',
    put: 'return problems',
    tests: ['packages/config/src/check-bundles.test.ts'],
  },
  {
    rule: 'a creation over HTTP puts no broken bundle on sale',
    file: 'packages/catalog-admin/src/admin/create-product.ts',
    find: 'await keepBundlesWhole(tx, onSale, { before: undefined, after: fields })',
    put: 'void onSale',
    tests: bothDoors,
  },
  {
    rule: 'a change over HTTP breaks no bundle that is on sale',
    file: 'packages/catalog-admin/src/admin/update-product.ts',
    find: 'await keepBundlesWhole(tx, onSale, { before: existing, after: fields })',
    put: 'void onSale',
    tests: overHttp,
  },
  {
    rule: 'a sync of the file breaks no bundle that is on sale',
    file: 'packages/catalog-admin/src/config-file/sync-config-products.ts',
    find: 'await keepBundlesWhole(tx, onSale)',
    put: 'void onSale',
    tests: ['services/cli/test/sync-refusals.integration.test.ts'],
  },
  {
    rule: 'a bundle that was broken before keeps nobody from changing something else',
    file: write,
    find: 'problems.length === 0 || brokenBefore.has(bundle.slug)',
    put: 'problems.length === 0',
    tests: changes,
  },
  {
    rule: 'a bundle that is written is refused also when it was broken before',
    file: write,
    find: 'if (bundle.slug === written?.after.slug) refuseFirst(problems)',
    put: '',
    tests: changes,
  },
  {
    rule: 'a part goes while a bundle of it comes: one of the two',
    file: write,
    find: "await locks.take(tx, 'catalog')",
    put: '',
    tests: overHttp,
  },
  {
    rule: 'a purchase of a bundle remembers slug and plan of its parts',
    file: 'packages/terms/src/bundle-parts.ts',
    find: 'const forms = [parts.map((part) => [...terms(part), part.productSlug, part.plan]), parts.map(terms)]',
    put: 'const forms = [parts.map(terms)]',
    tests: ['packages/terms/src/bundle-parts.test.ts'],
  },
  {
    rule: 'a part is the product that was bought, not the present one of its key',
    file: 'packages/billing/src/purchase/issue-purchase.ts',
    find: 'const bought = slug === undefined ? undefined : await reading(() => products.findBySlug(deps.db, slug))',
    put: 'const bought = undefined',
    tests: asBought,
  },
  {
    rule: 'a part has the plan that was bought, not the present one of its product',
    file: 'packages/billing/src/purchase/issue-purchase.ts',
    find: 'plan: plan ?? part.plan',
    put: 'plan: part.plan',
    tests: asBought,
  },
  {
    rule: 'parts keep product and plan where a quantity multiplies them',
    file: 'packages/terms/src/entitlement-of.ts',
    find: '[key, count * quantity, ...rest]',
    put: '[key, count * quantity, rest[0]]',
    tests: asBought,
  },
  {
    rule: 'parts keep product and plan where the metadata was cleared at Stripe',
    file: 'packages/terms/src/metadata-of-license.ts',
    find: 'productSlug === undefined ? [productKey, count, seats ?? null]',
    put: 'productSlug !== null ? [productKey, count, seats ?? null]',
    tests: asBought,
  },
  {
    rule: 'a bundle with a piece of its composition missing is unreadable, never smaller',
    file: 'packages/terms/src/bundle-parts.ts',
    find: "const text = [bundle_parts, bundle_parts_2, bundle_parts_3, bundle_parts_4, bundle_parts_5, bundle_parts_6].join('')",
    put: "const text = bundle_parts_2 === undefined ? '[]' : [bundle_parts, bundle_parts_2, bundle_parts_3, bundle_parts_4, bundle_parts_5, bundle_parts_6].join('')",
    tests: ['packages/terms/src/bundle-parts.test.ts'],
  },
]
