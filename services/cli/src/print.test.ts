import { expect, test } from 'vitest'
import { run } from '../test/a-terminal.ts'
import type { Context } from './context.ts'
import { printable, printFacts, printTable } from './print.ts'

function aContext(flags: string[] = [], columns?: number): { context: Context; out: string[]; notes: string[] } {
  const out: string[] = []
  const notes: string[] = []
  const print = (line: string) => out.push(line)
  return {
    out,
    notes,
    context: {
      flags: new Map(flags.map((flag) => [flag, ['']])),
      env: {},
      print,
      printRaw: print,
      note: (line) => notes.push(line),
      ...(columns === undefined ? {} : { terminal: { columns } }),
      now: () => new Date(),
      reach: {},
    },
  }
}

const TRICKS: readonly (readonly [string, string, string])[] = [
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['NUL', 'a\0b', 'a\\u0000b'],
  ['a line break', 'acme\nfake', 'acme\\u000afake'],
  ['a carriage return', 'acme\rfake', 'acme\\u000dfake'],
  ['delete', '\u007f', '\\u007f'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['right-to-left override', 'acme\u202Egpj', 'acme\\u202egpj'],
  ['an isolate', '\u2066acme\u2069', '\\u2066acme\\u2069'],
  ['zero width', 'ac\u200Bme\uFEFF', 'ac\\u200bme\\ufeff'],
  ['a tag', '\u{E0041}', '\\udb40\\udc41'],
  ['half a surrogate pair', '\uD800', '\\ud800'],
  ['a line separator', '\u2028', '\\u2028'],
]

test.each(TRICKS)('%s is shown and not obeyed, in facts and in tables', (_what, text, shown) => {
  const facts = aContext()
  printFacts(facts.context, { group: text })
  expect(facts.out).toEqual([`group  ${shown}`])
  const table = aContext()
  printTable(table.context, { group: (row: string) => row }, [text], [text])
  expect(table.out).toEqual(['group', shown])
})

test.each(TRICKS)('%s in --json is the same value, spelled so that a terminal shows it', (_what, text, shown) => {
  const { context, out } = aContext(['json'])
  printFacts(context, { group: text })
  const escaped = printable(out.join(''))
  expect(JSON.parse(escaped)).toEqual({ group: text })
  if (text !== 'acme\nfake' && text !== 'acme\rfake') expect(escaped).toContain(shown)
})

test('letters, emoji and what every language writes stay', () => {
  for (const text of ['Käse & Söhne', 'שלום', '東京', '🙂', 'a\u0301']) expect(printable(text)).toBe(text)
})

test('what an error repeats of the command line is escaped as well', async () => {
  const { notes } = await run(['license', 'inspect', '/nowhere/\u001b[31m\u202E'])
  expect(notes.join('')).toContain('/nowhere/\\u001b[31m\\u202e')
})

const wide = ['id-1', 'a name that is longer than the terminal has columns for']
const columns = { id: (row: string[]) => row[0], name: (row: string[]) => row[1] }

test('a table is shortened to the width of a terminal, which is said, and never in a pipe', () => {
  const shown = aContext([], 30)
  printTable(shown.context, columns, [wide], undefined)
  expect(shown.out).toEqual(['id    name', 'id-1  a name that is longer t…'])
  expect(shown.notes).toEqual([expect.stringContaining('--output json has everything')])
  const piped = aContext()
  printTable(piped.context, columns, [wide], undefined)
  expect([piped.out[1], piped.notes]).toEqual([wide.join('  '), []])
})

test('nothing to show is said beside the output; CSV has its header all the same', () => {
  const shown = aContext()
  printTable(shown.context, columns, [], undefined)
  expect([shown.out, shown.notes]).toEqual([[], ['nothing to show']])
  const csv = aContext()
  const context = { ...csv.context, flags: new Map([['output', ['csv']]]) }
  printTable(context, columns, [], undefined)
  expect(csv.out).toEqual(['id,name\r'])
})

test('CSV keeps its bytes for a file, and shows a terminal what it would obey', () => {
  const records = { items: [{ name: '=\u001b[2J' }], fields: ['name'] as const }
  for (const [columnsOfTerminal, cell] of [
    [undefined, "'=\u001b[2J\r"],
    [80, "'=\\u001b[2J\r"],
  ] as const) {
    const { context, out } = aContext([], columnsOfTerminal)
    printTable({ ...context, flags: new Map([['output', ['csv']]]) }, columns, [], undefined, records)
    expect(out).toEqual(['name\r', cell])
  }
})
