import type { Context, Tone } from './context.ts'
import { type Cell, csvLines } from './csv.ts'
import { outputOf } from './output.ts'
import { tableLines } from './table-lines.ts'

/**
 * Facts for people, aligned; one JSON object, or one row of CSV, for programs.
 *
 * @param tones  colours of facts that say whether all is well
 */
export function printFacts(
  context: Context,
  facts: Readonly<Record<string, unknown>>,
  tones: Readonly<Record<string, Tone>> = {},
): void {
  const output = outputOf(context)
  if (output === 'json') {
    context.print(JSON.stringify(facts))
    return
  }
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined)
  if (output === 'csv') {
    printCsv(context, Object.fromEntries(shown.map(([name, value]) => [name, () => value])), [undefined])
    return
  }
  const width = Math.max(...shown.map(([name]) => name.length))
  for (const [name, value] of shown) context.print(`${name.padEnd(width)}  ${oneLine(value)}`, tones[name])
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(asText).join(', ')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** Rows as programs read them: the fields of an item of the JSON, always all and in this order. */
export interface Records<Item> {
  readonly items: readonly Item[]
  readonly fields: readonly (keyof Item & string)[]
}

/**
 * Rows for people, in columns. With --output json one object a line would lose the page, so the whole answer is one document.
 *
 * @param records  what CSV holds; absent: what the table does
 */
export function printTable<Row, Item>(
  context: Context,
  columns: Readonly<Record<string, Cell<Row>>>,
  rows: readonly Row[],
  json: unknown,
  records?: Records<Item>,
): void {
  const output = outputOf(context)
  if (output === 'json') context.print(JSON.stringify(json))
  else if (output === 'csv' && records !== undefined) {
    const cells = records.fields.map((field) => [field, (item: Item) => item[field]] as const)
    printCsv(context, Object.fromEntries(cells), records.items)
  } else if (output === 'csv') printCsv(context, columns, rows)
  else if (rows.length === 0) context.note('nothing to show')
  else printLines(context, Object.keys(columns), Object.values(columns), rows)
}

function printLines<Row>(context: Context, header: string[], cells: readonly Cell<Row>[], rows: readonly Row[]): void {
  const shown = rows.map((row) => cells.map((cell) => oneLine(cell(row))))
  const { lines, shortened } = tableLines([header, ...shown], context.terminal?.columns)
  for (const [index, line] of lines.entries()) context.print(line, index === 0 ? 'heading' : undefined)
  if (shortened) context.note('shortened to the width of the terminal; --output json has everything')
}

/** A terminal is shown what it would obey; a file or a program gets the bytes. */
function printCsv<Row>(context: Context, columns: Readonly<Record<string, Cell<Row>>>, rows: readonly Row[]): void {
  const shown = context.terminal === undefined ? (text: string) => text : printable
  // The line break that printing adds is the second half of the row's.
  for (const line of csvLines(columns, rows, shown)) context.printRaw(line.slice(0, -1))
}

/** One cell or value; a line break within it is shown, because it would start a line of its own. */
function oneLine(value: unknown): string {
  return value === undefined || value === null ? '' : printable(asText(value))
}

/**
 * Text that a terminal shows and does not obey. What came from customers may move the cursor, colour what follows, turn the direction of a line round or
 * hide letters: control characters (C0, C1), those without a form of their own (bidirectional controls, zero-width, tags), line separators and halves of
 * surrogate pairs are written as `\u001b`. Within a JSON text that is another spelling of the same value, so JSON stays JSON.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escaped)
}

/** As `printable`, for output of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('')
}
