import type { Mutant } from '../../mutant.ts'

const inFile = ['packages/config/src/products.test.ts']
const bothDoors = ['services/api/test/contract/one-rule-book.test.ts']
const read = 'packages/catalog/src/read-product.ts'

/** The configuration file and the API judge a product by the same rules. */
export const ruleBook: readonly Mutant[] = [
  {
    rule: 'the file is judged by the rules between the fields of a product',
    file: read,
    find: '...productProblems(ruledOf(request, wrong, body), productKeys),',
    put: '',
    tests: inFile,
  },
  {
    rule: 'the file is judged by the rules of its coupons',
    file: read,
    find: 'coupon === undefined ? [] : below(',
    put: 'coupon === undefined || index >= 0 ? [] : below(',
    tests: inFile,
  },
  { rule: 'a code twice in the file is refused', file: read, find: '...repeatedCodes(coupons),', put: '', tests: inFile },
  {
    rule: 'every problem of the file is told, not only the first',
    file: read,
    find: 'return { problems: firstOfEachField([...issues, ...found]) }',
    put: 'return { problems: firstOfEachField([...issues, ...found]).slice(0, 1) }',
    tests: inFile,
  },
  {
    rule: 'a wrong field hides no broken rule between the others',
    file: read,
    find: 'firstOfEachField([...issues, ...found])',
    put: 'firstOfEachField(issues.length > 0 ? issues : found)',
    tests: inFile,
  },
  {
    rule: 'a field that breaks two rules is told once',
    file: read,
    find: 'return { problems: firstOfEachField([...issues, ...found]) }',
    put: 'return { problems: [...issues, ...found] }',
    tests: bothDoors,
  },
  {
    rule: 'a problem of the file has its path',
    file: 'packages/config/src/product-schema.ts',
    find: "context.addIssue({ code: 'custom', path: inFileWords(path),",
    put: "context.addIssue({ code: 'custom', path: inFileWords(path).slice(0, 1),",
    tests: inFile,
  },
  {
    rule: 'a creation over HTTP is judged by the rules between the fields, before Stripe is asked',
    file: 'packages/catalog-admin/src/admin/create-product.ts',
    find: 'checkProduct(asked, deps.productKeys)',
    put: 'void asked',
    tests: ['services/api/test/contract/product-change.test.ts'],
  },
  {
    rule: 'a change over HTTP is judged by the rules between the fields',
    file: 'packages/catalog-admin/src/admin/write-product.ts',
    find: 'checkProduct(fields, writer.productKeys)\n',
    put: '\n',
    tests: ['services/api/test/contract/product-change.test.ts'],
  },
  {
    rule: 'a coupon over HTTP is judged by the same rules as in the file',
    file: 'packages/catalog/src/coupon-fields.ts',
    find: 'refuseFirst(couponProblems(product, coupon))',
    put: 'void product',
    tests: bothDoors,
  },
  {
    rule: 'a code twice in a creation over HTTP is refused',
    file: 'packages/catalog-admin/src/admin/create-product.ts',
    find: 'refuseFirst(repeatedCodes(request.coupons ?? []))',
    put: '',
    tests: bothDoors,
  },
  {
    rule: 'a code twice in a change over HTTP is refused',
    file: 'packages/catalog-admin/src/admin/update-product.ts',
    find: 'refuseFirst(repeatedCodes(request.coupons ?? []))',
    put: '',
    tests: ['services/api/test/contract/product-change.test.ts'],
  },
  {
    rule: 'a product of the file without a signing key is refused',
    file: 'packages/config/src/check-relations.ts',
    find: "name(product) === '' || known.has(name(product))",
    put: "name(product) === '' || known.size > 0",
    tests: inFile,
  },
  {
    rule: 'a product over HTTP without a signing key is refused',
    file: 'packages/catalog/src/product-rules.ts',
    find: 'productKeys !== undefined && !productKeys.includes(productKey)',
    put: 'productKeys !== undefined && productKeys.length === 0',
    tests: bothDoors,
  },
  {
    rule: 'a lookup key twice among active products of the file is refused, as the stored catalog would',
    file: 'packages/config/src/check-relations.ts',
    find: 'key === undefined || keys.indexOf(key) === index',
    put: 'key === undefined || keys.length > 0',
    tests: inFile,
  },
  {
    rule: 'lookup keys that differ by letter case are two, as in the stored catalog',
    file: 'packages/config/src/check-relations.ts',
    find: "value.trim() !== '' ? value.trim() : undefined",
    put: "value.trim() !== '' ? value.trim().toLowerCase() : undefined",
    tests: ['packages/config/src/lookup-keys.test.ts'],
  },
  {
    rule: 'a blank lookup key is the slug, as in the stored catalog',
    file: 'packages/config/src/check-relations.ts',
    find: '(filled(product.lookup_key) ?? filled(product.slug))',
    put: '(product.lookup_key === undefined ? filled(product.slug) : filled(product.lookup_key))',
    tests: ['packages/config/src/lookup-keys.test.ts'],
  },
  {
    rule: 'a slug twice in the file is refused',
    file: 'packages/config/src/check-relations.ts',
    find: "...repeated(products, 'slug',",
    put: "...repeated([], 'slug',",
    tests: inFile,
  },
]
