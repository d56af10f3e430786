import type { Mutant } from '../../mutant.ts'

const domain = ['packages/domain/src/text.test.ts']
const edges = ['services/api/test/contract/text-edges.test.ts']
const coupons = ['services/api/test/contract/admin-coupons.test.ts']
const claims = ['packages/http/src/token-verifier.test.ts']

/** Text that decides who or what something is, is refused at the edge, in claims as well as in bodies, paths and flags. */
export const textEdges: readonly Mutant[] = [
  {
    rule: 'no character is halved where text is cut',
    file: 'packages/domain/src/text.ts',
    find: "Array.from(value.slice(0, 2 * max))\n    .slice(0, max)\n    .join('')",
    put: 'value.slice(0, max)',
    tests: domain,
  },
  {
    rule: 'what is shown has no control characters',
    file: 'packages/domain/src/text.ts',
    find: ".replaceAll(/\\p{Cc}+/gu, ' ')",
    put: '',
    tests: domain,
  },
  {
    rule: 'what is shown has no halves of characters',
    file: 'packages/domain/src/text.ts',
    find: 'value.toWellFormed()',
    put: 'value',
    tests: domain,
  },
  {
    rule: 'what decides identity has no lone surrogates',
    file: 'packages/domain/src/text.ts',
    find: 'value.isWellFormed() && ',
    put: '',
    tests: domain,
  },
  {
    rule: 'what decides identity has no control characters',
    file: 'packages/domain/src/text.ts',
    find: '!(multiline ? /[^\\P{Cc}\\n\\r\\t]/u : /\\p{Cc}/u).test(value)',
    put: '(multiline || value !== "")',
    tests: domain,
  },
  {
    rule: 'what decides identity is refused when it is too long, also outside a schema',
    file: 'packages/domain/src/text.ts',
    find: 'characters(value) > max ?',
    put: 'characters(value) < 0 ?',
    tests: domain,
  },
  {
    rule: 'a group whose lower-case form is longer than its column is refused by the schema',
    file: 'packages/domain/src/group.ts',
    find: '.refine((name) => characters(groupKey(name)) <= MOST_CHARACTERS, TOO_LONG)',
    put: '',
    tests: domain,
  },
  {
    rule: 'a group whose lower-case form is longer than its column is refused where metadata and paths name it',
    file: 'packages/domain/src/group.ts',
    find: '(characters(groupKey(name)) > MOST_CHARACTERS ? TOO_LONG : undefined)',
    put: 'undefined',
    tests: domain,
  },
  {
    rule: 'a group in a path is refused with 400',
    file: 'services/api/src/routes/group-licenses.ts',
    find: "assertGroup('group', group)",
    put: 'group.trim()',
    tests: edges,
  },
  {
    rule: 'a group in a body is refused with 400',
    file: 'services/api/src/routes/issue-license.ts',
    find: 'group: GroupName,',
    put: 'group: z.string(),',
    tests: ['services/api/test/contract/issue-license.test.ts'],
  },
  {
    rule: 'a plan whose lower-case form is longer than its column is refused with 400',
    file: 'packages/licensing/src/prepare-license.ts',
    find: "assertText('plan', plan, { max: 128 })",
    put: '',
    tests: edges,
  },
  {
    rule: "a product's plan and key may not grow beyond their columns in lower case",
    file: 'packages/catalog/src/request-fields.ts',
    find: 'value.length <= max',
    put: 'value.length <= 10 * max',
    tests: edges,
  },
  {
    rule: 'an identity in claims is refused as one in a body is',
    file: 'packages/http/src/token-verifier.ts',
    find: 'identity: Name,',
    put: 'identity: z.string().trim().min(1),',
    tests: claims,
  },
  {
    rule: 'an e-mail address in claims is refused as one in a body is',
    file: 'packages/http/src/token-verifier.ts',
    find: '.pipe(text({ max: MAX_EMAIL_LENGTH }).optional())',
    put: '',
    tests: claims,
  },
  {
    rule: 'an e-mail address in claims has at most 254 characters',
    file: 'packages/http/src/token-verifier.ts',
    find: 'const MAX_EMAIL_LENGTH = 254',
    put: 'const MAX_EMAIL_LENGTH = 512',
    tests: claims,
  },
  {
    rule: 'a group in claims that nothing of ours can have belongs to nobody',
    file: 'packages/http/src/token-verifier.ts',
    find: 'names.filter((name) => Name.safeParse(name).success)',
    put: 'names.filter((name) => name.length > 0)',
    tests: claims,
  },
  {
    rule: 'a filter of a report has no control characters',
    file: 'packages/api-schemas/src/payment-query.ts',
    find: 'if (!trimmed.isWellFormed() || /\\p{Cc}/u.test(trimmed)) throw',
    put: 'if (trimmed.length < 0) throw',
    tests: edges,
  },
  {
    rule: 'a filter of a report has a length',
    file: 'packages/api-schemas/src/payment-query.ts',
    find: 'trimmed.length > MAX_TEXT',
    put: 'trimmed.length < 0',
    tests: edges,
  },
  {
    rule: 'the code of a coupon has no control characters and no halves of characters',
    file: 'packages/catalog/src/coupon-request.ts',
    find: 'code.isWellFormed() && !/\\p{Cc}/u.test(code)',
    put: 'code.length > 0',
    tests: coupons,
  },
  {
    rule: 'the code of a coupon fits its column in lower case',
    file: 'packages/catalog/src/coupon-request.ts',
    find: 'code.toLowerCase().length <= 64',
    put: 'code.length <= 64',
    tests: coupons,
  },
  {
    rule: "the text of a command's flag is refused as one in a body is",
    file: 'services/cli/src/read-flags.ts',
    find: 'if (refusal !== undefined) throw',
    put: 'if (refusal === name) throw',
    tests: ['services/cli/test/license.integration.test.ts'],
  },
  {
    rule: 'lengths are counted in characters, as MySQL counts them',
    file: 'packages/domain/src/text.ts',
    find: 'return characters(value) > max ?',
    put: 'return value.length > max ?',
    tests: domain,
  },
]
