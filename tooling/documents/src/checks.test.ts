import { expect, test } from 'vitest'
import { arrowProblems } from './arrows.ts'
import { citationProblems, quotationProblems } from './citations.ts'
import { namesIn, wordsOf } from './command-line.ts'
import { commandProblems, commandsNotIn, type KnownCommands } from './commands.ts'
import { type Problem, readMarkdown } from './document.ts'
import { anchorsOf, linkProblems } from './links.ts'
import { contractGaps } from './operations.ts'
import { pathProblems } from './paths.ts'
import { locate, type Repository } from './repository.ts'
import { stateProblems, unionBehind } from './states.ts'
import { symbolProblems } from './symbols.ts'
import { brokenSpanProblems, widthProblems } from './widths.ts'
import { wordProblems, wordsOfSources } from './words.ts'

// Each check is shown a document that is wrong, and one that is right.

const files: Readonly<Record<string, string>> = {
  'docs/OTHER.md': '# Other\n\n## A heading, twice\n\n## A heading, twice\n',
  'packages/shop/src/sell.ts':
    "export async function sell() {}\nconst price = 1\n// P7 and contract 1.2\ntest('P9 sold once', 1)\n",
  'packages/shop/src/sell.test.ts': "test('P1 sold once', () => {})\n",
}
const repository: Repository = {
  files: Object.keys(files),
  has: (path) => path in files || Object.keys(files).some((file) => file.startsWith(`${path}/`)),
  read: (path) => files[path] ?? '',
}
const known: KnownCommands = {
  scripts: ['test', 'test:unit'],
  scriptsOf: (name) => (name === '@shop/shop' ? ['effects'] : undefined),
  commands: new Map([
    ['serve', new Set(['--config'])],
    ['license issue', new Set(['--group', '--persist'])],
  ]),
}

const read = (...lines: string[]) => readMarkdown('docs/A.md', lines.join('\n'))
const says = (problems: readonly Problem[]) => problems.map((problem) => problem.says)

test('a wide line is told, one with an address that cannot be broken is not', () => {
  expect(widthProblems(read('x'.repeat(100), `see https://example.com/${'x'.repeat(100)}`))).toEqual([])
  expect(widthProblems(read('x'.repeat(101)))).toEqual([{ at: 'docs/A.md:1', says: '101 columns, more than 100' }])
  expect(says(widthProblems(read('```', 'y'.repeat(101), '```')))).toHaveLength(1)
})

test('a wide cell is told', () => {
  expect(widthProblems(read(`| ${'x'.repeat(60)} | b |`))).toEqual([])
  expect(says(widthProblems(read(`| ${'x'.repeat(61)} | b |`)))).toEqual([expect.stringContaining('61 characters')])
})

test('a span of code over two lines is told', () => {
  expect(brokenSpanProblems(read('`whole` and `whole`', '```', '`', '```'))).toEqual([])
  expect(brokenSpanProblems(read('`bro', 'ken`'))).toHaveLength(2)
})

test('a link to nowhere is told, and an anchor that no heading has', () => {
  expect(linkProblems(read('[a](OTHER.md#a-heading-twice-1) [b](https://example.com) `[c](d.md)`'), repository)).toEqual([])
  expect(says(linkProblems(read('[a](GONE.md)'), repository))).toEqual(['link to GONE.md: there is no such file'])
  expect(says(linkProblems(read('[a](OTHER.md#none)'), repository))).toEqual([expect.stringContaining('no heading')])
  expect(says(linkProblems(read('# Here', '[a](#there)'), repository))).toHaveLength(1)
})

test('anchors are those of GitHub', () => {
  expect([...anchorsOf(read('# P Pitfalls', '## `a.b` – c_d', '```', '# no heading', '```'))]).toEqual(['p-pitfalls', 'ab--c_d'])
})

test('a file that is not there is told, under its short name as well', () => {
  const right = '`packages/shop/src/sell.ts` `shop/src/sell.ts` `sell.ts` `packages/shop` `GET /a/b.ts` `/etc/x.yaml` `a/b`'
  expect(pathProblems(read(right), repository)).toEqual([])
  expect(says(pathProblems(read('`shop/src/gone.ts` `gone.ts` `packages/gone/`'), repository))).toHaveLength(3)
})

test('a function that its file does not declare is told, in a sentence and in a table', () => {
  const table = ['| question | file | function |', '| --- | --- | --- |']
  expect(symbolProblems(read('`shop/src/sell.ts` → `sell`, `price`'), repository)).toEqual([])
  expect(symbolProblems(read(...table, '| a | `shop/src/sell.ts` | `sell()` |'), repository)).toEqual([])
  expect(says(symbolProblems(read('`shop/src/sell.ts` → `sell`, `buy`'), repository))).toEqual([
    'shop/src/sell.ts declares no buy',
  ])
  expect(says(symbolProblems(read(...table, '| a | `shop/src/sell.ts` | `test` |'), repository))).toHaveLength(1)
  expect(says(symbolProblems(read('`shop/src/sell.ts` →', '`sell`'), repository))).toEqual([expect.stringContaining('no name')])
  expect(says(symbolProblems(read('`shop/src/gone.ts` → `sell`'), repository))).toEqual([expect.stringContaining('not there')])
})

test('a name that no source has is told', () => {
  const words = new Set(['takeLicense', 'sold_as', 'locks', ...wordsOfSources(repository)])
  expect(words).toContain('sell')
  expect(wordProblems(read('`takeLicense()` `sold_as` `locks.takeLicense` `plain` `a b`'), words)).toEqual([])
  expect(says(wordProblems(read('`locks.takeAll` `sold_for` `TakeAll` `UPPER_CASE`'), words))).toEqual([
    'names takeAll, which no source has',
    'names sold_for, which no source has',
    'names TakeAll, which no source has',
    'names UPPER_CASE, which no source has',
  ])
})

test('a script that package.json lacks is told', () => {
  expect(commandProblems(read('`npx --yes pnpm@12 test:unit` `pnpm --filter @shop/shop effects` `pnpm exec x`'), known)).toEqual(
    [],
  )
  const wrong = read('`pnpm tests` and `npx --yes pnpm@12 go`', '```sh', 'pnpm --filter @shop/shop gone # why', '```')
  expect(says(commandProblems(wrong, known))).toEqual([
    'pnpm tests is no script of package.json',
    'pnpm go is no script of package.json',
    '@shop/shop has no script gone',
  ])
})

test('a command or a flag that the command line lacks is told, also behind a backslash', () => {
  const right = [
    '```sh',
    'licenseoperator serve --config FILE',
    'licenseoperator license issue \\',
    '  --group a [--persist]',
    '```',
  ]
  expect(commandProblems(read(...right, '`licenseoperator.license.issued`'), known)).toEqual([])
  expect(says(commandProblems(read('`licenseoperator license sell`'), known))).toEqual([
    'licenseoperator has no command license sell',
  ])
  expect(says(commandProblems(read('```sh', 'licenseoperator license issue \\', '  --groups a', '```'), known))).toEqual([
    'licenseoperator license issue takes no --groups',
  ])
  expect(commandsNotIn(read(...right), known)).toEqual([])
  expect(commandsNotIn(read('`licenseoperator serve`'), known)).toEqual(['license issue'])
})

test('a citation that no heading answers is told', () => {
  expect(citationProblems(read('## P7 A', '## 1.2 B', '## P9 C', '## P1 D'), repository)).toEqual([])
  expect(says(citationProblems(read('## P1 A'), repository))).toEqual([
    'cites P7, which docs/A.md does not have',
    'cites 1.2, which docs/A.md does not have',
    'cites P9, which docs/A.md does not have',
  ])
})

test('a test that is quoted and is not there is told', () => {
  const check = (text: string) => quotationProblems(read(text), repository, (named) => locate(repository, 'docs/A.md', named))
  expect(check('`shop/src/sell.test.ts`: “P1 sold once”')).toEqual([])
  expect(check('`shop/src/sell.test.ts`: “P1 sold twice”')).toHaveLength(1)
  expect(check('`shop/src/gone.test.ts`: “P1 sold once”')).toHaveLength(1)
})

test('an operation, an answer, a schema and a field that are left out are told', () => {
  const description = JSON.stringify({
    paths: { '/a': { get: { responses: { 200: {}, 404: {} } } }, '/b': { post: { responses: { 201: {} } } } },
    components: { schemas: { Thing: { properties: { id: {}, name: { enum: ['a_word', 'other'] } } }, Other: {} } },
  })
  const right = ['# `GET /a`', '200, 404', '# `POST /b`', '201', '# `Thing`', '`id`, `name`: `a_word`, `other`', '# `Other`']
  expect(contractGaps(read(...right), description)).toEqual([])
  expect(contractGaps(read('# `GET /a`', '200', '# `Thing`', '`id` `a_word`'), description)).toEqual([
    'GET /a does not say when it answers 404',
    'POST /b is not described',
    'schema Thing lacks name',
    'schema Other is not described',
    'the word other of a closed list is not said',
  ])
})

test('an arrow that no import may follow is told', () => {
  const allow = (...names: string[]) => ({ dependencies: { allow: names } })
  const turbo = JSON.stringify({ boundaries: { tags: { db: allow('catalog'), catalog: allow(), http: allow() } } })
  expect(arrowProblems(read('```', 'services ──► db ─► catalog, elsewhere', '```'), turbo)).toEqual([])
  expect(says(arrowProblems(read('```', 'db ─► catalog ─► http', 'catalog ─► db', '```'), turbo))).toEqual([
    'catalog may not import http',
    'catalog may not import db',
  ])
})

test('a picture with another state than the code is told', () => {
  const source = () =>
    "interface StripeEventsTable { status: 'a' | 'b' | 'c' }\ninterface ReservationsTable {}\nfunction licenseStatus() {}"
  expect(unionBehind(source(), 'interface StripeEventsTable')).toEqual(['a', 'b', 'c'])
  const drawn = ['## State of an event', '```mermaid', '  [*] --> a: x', '  a --> b: y', '```']
  expect(says(stateProblems(read(...drawn), source))).toEqual([
    expect.stringContaining('c is in one'),
    expect.stringContaining('has no picture'),
    expect.stringContaining('has no picture'),
    expect.stringContaining('has no picture'),
  ])
})

test('commands are read from the help, and nothing else of it is', () => {
  const help = [
    'Usage:',
    '  $ licenseoperator <command> [options]',
    '  licenseoperator help COMMAND',
    'Commands:',
    '  serve  Run',
    '  license issue <id>       Sign',
    '  events replay [...ids]   Again',
    '  db migrate               Go, and what',
    '                           is said of it',
    'Options:',
    '  -h, --help     Display this message',
    '  --json         Output for programs',
    'Exit codes',
    '  0   done',
  ]
  expect(namesIn(help.join('\n'))).toEqual(['serve', 'license issue', 'events replay', 'db migrate'])
  expect(wordsOf(`a --b 'c d' "e"`)).toEqual(['a', '--b', 'c d', 'e'])
})
