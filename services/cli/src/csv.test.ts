import { expect, test } from 'vitest'
import { aSigner, filesOf } from '../test/a-signed-text.ts'
import { run } from '../test/a-terminal.ts'
import { csvLines } from './csv.ts'

const asIs = (text: string) => text

test('RFC 4180: the header also without a row, CRLF, quotes, numbers as numbers, what is nested as JSON', () => {
  const columns = { name: (row: unknown[]) => row[0], value: (row: unknown[]) => row[1] }
  expect(csvLines(columns, [], asIs)).toEqual(['name,value\r\n'])
  const rows = [
    ['a,b', 'say "hi"'],
    ['two\nlines', -5],
    [undefined, null],
    [true, { a: [1, 'x'] }],
  ]
  expect(csvLines(columns, rows, asIs).slice(1)).toEqual([
    '"a,b","say ""hi"""\r\n',
    '"two\nlines",-5\r\n',
    ',\r\n',
    'true,"{""a"":[1,""x""]}"\r\n',
  ])
})

test.each(['=cmd|x', '+1', '-1', '@x', '＝1'])('%s does not become a formula', (text) => {
  expect(csvLines({ a: () => text }, [0], asIs)[1]).toBe(`'${text}\r\n`)
})

test.each([
  [['--output', 'xml'], 'must be one of table, json, csv'],
  [['--json', '--output', 'csv'], 'exclude each other'],
])('%j is usage', async (flags, said) => {
  const { code, notes } = await run(['keys', 'generate', ...flags])
  expect({ code, notes }).toEqual({ code: 2, notes: [expect.stringContaining(said)] })
})

test('a single thing is one row; --output json is --json', async () => {
  const signer = await aSigner()
  const file = filesOf({ 'a.lic': await signer.license('L-1', { group: 'a, b' }) })('a.lic')
  const [header, row, ...more] = (await run(['license', 'inspect', file, '--output', 'csv'])).out
  expect([header, more]).toEqual([expect.stringMatching(/^status,keyId,.*\r$/), []])
  expect(row).toMatch(/^unverified,.*,"a, b",.*\r$/)
  expect((await run(['license', 'inspect', file, '--output', 'json'])).out).toEqual(
    (await run(['license', 'inspect', file, '--json'])).out,
  )
})

test.each(['keys generate', 'license issue', 'trial issue', 'config print'])(
  '%s: what a cell of CSV would not leave as it is, is refused before anything is done',
  async (words) => {
    const { code, notes } = await run([...words.split(' '), '--output', 'csv'])
    expect({ code, notes }).toEqual({
      code: 2,
      notes: ['licenseoperator: --output csv is not possible here; table and json are'],
    })
  },
)
