import type { Mutant } from '../../mutant.ts'

const table = ['services/cli/src/command-table.test.ts']
const print = ['services/cli/src/print.test.ts']
const described = ['packages/config/src/effective-yaml.test.ts']
const find = 'services/cli/src/find-command.ts'
const effective = 'packages/config/src/effective-yaml.ts'

/** What is typed, said and printed at a shell. */
export const commandLineMutants: readonly Mutant[] = [
  {
    rule: 'a switch with a value is refused: --dry-run=false is no dry run',
    file: find,
    find: "if (isSwitch(flag) && values.some((value) => value !== ''))",
    put: 'if (isSwitch(flag) && values.length === 0)',
    tests: table,
  },
  {
    rule: 'a flag that the command does not have is refused, also in the spelling that the library forgives',
    file: find,
    find: 'if (flag === undefined) {',
    put: 'if (flag === undefined && !/[A-Z]/.test(name)) {',
    tests: table,
  },
  {
    rule: 'what a command requires is required',
    file: find,
    find: 'if (missing !== undefined) throw new UsageError(`--${flagName(missing)} is required`)',
    put: '',
    tests: table,
  },
  {
    rule: 'the right word without its group is recognised',
    file: find,
    find: 'words.endsWith(` ${first}`)',
    put: 'words === first',
    tests: table,
  },
  {
    rule: 'two letters that changed places are recognised',
    file: 'services/cli/src/suggest.ts',
    find: 'Math.max(2, Math.floor(length / 3))',
    put: 'Math.floor(length / 3)',
    tests: ['services/cli/src/suggest.test.ts'],
  },
  {
    rule: 'CSV that a terminal shows is escaped',
    file: 'services/cli/src/print.ts',
    find: 'context.terminal === undefined ? (text: string) => text : printable',
    put: '(text: string) => text',
    tests: print,
  },
  {
    rule: 'a table is shortened to a terminal and not in a pipe',
    file: 'services/cli/src/print.ts',
    find: 'context.terminal?.columns',
    put: 'context.terminal?.columns ?? 20',
    tests: print,
  },
  {
    rule: 'a cell of CSV is no formula',
    file: 'services/cli/src/csv.ts',
    find: 'csvCell(plain(value, shown))',
    put: 'String(plain(value, shown) ?? "")',
    tests: ['services/cli/src/csv.test.ts'],
  },
  {
    rule: 'keys and licenses, which a cell of CSV would change, are not written as CSV',
    file: 'services/cli/src/output.ts',
    find: '!able.includes(output)',
    put: 'able.length === 0',
    tests: ['services/cli/src/csv.test.ts'],
  },
  {
    rule: 'NO_COLOR is heeded, unless it is empty',
    file: 'services/cli/src/colours.ts',
    find: '!env.NO_COLOR',
    put: 'env.NO_COLOR === undefined',
    tests: ['services/cli/test/colours-and-talk.integration.test.ts'],
  },
  {
    rule: 'a secret that is left out of a description is no value there',
    file: effective,
    find: 'return `${indent}# ${name}: ${shown}\\n`',
    put: 'return `${indent}${name}: "${shown}"\\n`',
    tests: described,
  },
  {
    rule: 'a file of a secret is named so that the description loads anywhere',
    file: effective,
    find: 'resolve(baseFolder, file)',
    put: 'file',
    tests: described,
  },
  {
    rule: 'a description holds no key that means nothing: it may be a secret',
    file: effective,
    find: 'pruned(key.path, value)',
    put: 'value',
    tests: described,
  },
]
