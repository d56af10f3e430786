import type { Mutant } from '../../mutant.ts'

const lists = 'packages/signing/src/revocation-list.ts'
const inNode = ['packages/signing/src/node/revocation-list.test.ts']
const vectors = ['packages/signing/src/revocation-vectors.test.ts']
const print = ['services/cli/src/print.test.ts']
const said = ['services/cli/test/what-a-terminal-sees.test.ts']

/** Revocation lists of several keys, and what leaves the program. */
export const revocationsAndOutput: readonly Mutant[] = [
  {
    rule: 'every list of a text counts, not only the first',
    file: 'packages/signing/src/node/verify-revocation-list.ts',
    find: 'openRevocationLists(text, keys).map(',
    put: 'openRevocationLists(text, keys).slice(0, 1).map(',
    tests: inNode,
  },
  {
    rule: 'every list of a text counts on the web, not only the first',
    file: 'packages/signing/src/web/verify-revocation-list.ts',
    find: 'of openRevocationLists(text, keys)) {',
    put: 'of openRevocationLists(text, keys).slice(0, 1)) {',
    tests: vectors,
  },
  {
    rule: 'one list that is not in order makes the whole text so',
    file: lists,
    find: "for (const judgement of judged) if (judgement.status === 'refused') return judgement.verdict",
    put: "for (const judgement of judged.slice(0, 1)) if (judgement.status === 'refused') return judgement.verdict",
    tests: inNode,
  },
  {
    rule: 'a list that does not count is named',
    file: lists,
    find: 'list, uncounted, message',
    put: 'list, uncounted: [], message',
    tests: inNode,
  },
  {
    rule: 'lists that do not cover the expected product say so',
    file: lists,
    find: 'if (expectedProductKey !== undefined && !productKeys.includes(expectedProductKey)) {',
    put: 'if (expectedProductKey === null) {',
    tests: inNode,
  },
  {
    rule: 'a list says nothing of products that it does not cover',
    file: lists,
    find: 'productKey === undefined || covered.includes(productKey) ? byId',
    put: 'productKey === undefined || covered.length > 0 ? byId',
    tests: inNode,
  },
  {
    rule: 'a key that may not sign for a product brings no list of it',
    file: lists,
    find: 'const foreign = list.productKeys.find((productKey) => !maySignFor(entry, productKey))',
    put: 'const foreign = list.productKeys.find((productKey) => productKey === null && !maySignFor(entry, productKey))',
    tests: inNode,
  },
  {
    rule: 'of two lists of one key the newer counts',
    file: lists,
    find: 'known === undefined || known.payload.number < list.payload.number',
    put: 'known === undefined || known.payload.number > list.payload.number',
    tests: inNode,
  },
  {
    rule: "each key's list is compared with what was seen of that key",
    file: lists,
    find: "typeof lastNumber === 'object' ? (lastNumber[keyId] ?? 0) : (lastNumber ?? 0)",
    put: "typeof lastNumber === 'object' ? 0 : (lastNumber ?? 0)",
    tests: inNode,
  },
  {
    rule: 'a license whose product no list covers is said to be unchecked',
    file: 'packages/signing/src/judge-license.ts',
    find: 'checks.revocations.productKeys.includes(license.productKey)\n  )',
    put: 'checks.revocations.number >= 0\n  )',
    tests: inNode,
  },
  {
    rule: 'the command that verifies names lists that do not count',
    file: 'services/cli/src/commands/license.ts',
    find: 'for (const { message } of verdict.uncounted) context.note(',
    put: 'for (const { message } of verdict.uncounted.slice(1)) context.note(',
    tests: ['services/cli/test/verify-revocations.test.ts'],
  },
  {
    rule: 'the command that verifies says when the list is for another product',
    file: 'services/cli/src/commands/license.ts',
    find: 'if (productKey !== undefined && !list.productKeys.includes(productKey))',
    put: 'if (productKey === null)',
    tests: ['services/cli/test/verify-revocations.test.ts'],
  },
  {
    rule: 'a revocation list that cannot be trusted is not read as an empty one',
    file: 'services/cli/src/commands/license.ts',
    find: "if (verdict.status !== 'current') throw",
    put: "if (verdict.status === 'malformed') return undefined\n  if (verdict.status !== 'current') throw",
    tests: ['services/cli/test/verify-revocations.test.ts'],
  },
  {
    rule: 'control characters are shown and not obeyed',
    file: 'services/cli/src/print.ts',
    find: '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]',
    put: '[\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]',
    tests: print,
  },
  {
    rule: 'characters without a form of their own are shown',
    file: 'services/cli/src/print.ts',
    find: '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]',
    put: '[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]',
    tests: print,
  },
  {
    rule: 'whatever a command prints is escaped, also where the command forgets it',
    file: 'services/cli/src/run-cli.ts',
    find: 'print: (line) => world.print(printableLines(line)),',
    put: 'print: world.print,',
    tests: said,
  },
  {
    rule: 'whatever a command notes is escaped',
    file: 'services/cli/src/run-cli.ts',
    find: 'note: (line) => world.note(printableLines(line)),',
    put: 'note: world.note,',
    tests: said,
  },
  {
    rule: 'what an error repeats is escaped',
    file: 'services/cli/src/run-cli.ts',
    find: 'printableLines(error instanceof ConfigError ? text',
    put: 'String(error instanceof ConfigError ? text',
    tests: print,
  },
  {
    rule: 'what an error repeats in --json is escaped',
    file: 'services/cli/src/run-cli.ts',
    find: 'asJson ? printable(JSON.stringify(json))',
    put: 'asJson ? JSON.stringify(json)',
    tests: said,
  },
  {
    rule: 'a line break in a value starts no line of its own',
    file: 'services/cli/src/print.ts',
    find: "value === null ? '' : printable(asText(value))",
    put: "value === null ? '' : printableLines(asText(value))",
    tests: print,
  },
  {
    rule: 'keys and licenses are written for their owner only',
    file: 'services/cli/src/write-new.ts',
    find: "{ flag: 'wx', mode: OWNER_ONLY }",
    put: "{ flag: 'wx', mode: OWNER_ONLY + 0o044 }",
    tests: ['services/cli/test/license.integration.test.ts'],
  },
  {
    rule: 'an export of payments is written for its owner only',
    file: 'services/cli/src/commands/payments.ts',
    find: "open(path, 'wx', OWNER_ONLY)",
    put: "open(path, 'wx', OWNER_ONLY + 0o044)",
    tests: ['services/cli/test/catalog.integration.test.ts'],
  },
]
