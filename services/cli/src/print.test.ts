import { expect, test } from 'vitest'
import { run } from '../test/a-terminal.ts'
import type { Context } from './context.ts'
import { printable, printFacts, printTable } from './print.ts'

function aContext(flags: string[] = []): { context: Context; out: string[] } {
  const out: string[] = []
  const print = (line: string) => out.push(line)
  return {
    out,
    context: {
      flags: new Map(flags.map((flag) => [flag, ['']])),
      env: {},
      print,
      printRaw: print,
      note: print,
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
