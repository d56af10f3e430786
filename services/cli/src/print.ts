import type { Context } from './context.ts'
import { isSet } from './read-flags.ts'

/** Facts for people, aligned; with --json one object for programs. */
export function printFacts(context: Context, facts: Readonly<Record<string, unknown>>): void {
  if (isSet(context, 'json')) {
    context.print(JSON.stringify(facts))
    return
  }
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined)
  const width = Math.max(...shown.map(([name]) => name.length))
  for (const [name, value] of shown) context.print(`${name.padEnd(width)}  ${oneLine(value)}`)
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(asText).join(', ')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/**
 * Rows for people, in columns. Own lines: cli-table3 needs as many to be told to draw no frame, and pads the last column.
 * With --json one object a line would lose the page, so the whole answer is one document.
 */
export function printTable<Row>(
  context: Context,
  columns: Readonly<Record<string, (row: Row) => unknown>>,
  rows: readonly Row[],
  json: unknown,
): void {
  if (isSet(context, 'json')) {
    context.print(JSON.stringify(json))
    return
  }
  if (rows.length === 0) {
    context.note('nothing to show')
    return
  }
  const cells = [Object.keys(columns), ...rows.map((row) => Object.values(columns).map((cell) => oneLine(cell(row))))]
  const widths = Object.keys(columns).map((_name, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  for (const line of cells)
    context.print(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
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
