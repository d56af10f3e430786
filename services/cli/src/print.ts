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
  for (const [name, value] of shown) context.print(`${name.padEnd(width)}  ${asText(value)}`)
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(asText).join(', ')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** Rows for people, in columns; with --json one object a line would lose the page, so the whole answer is one document. */
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

/** What came from customers must not move the cursor or start a line of its own. */
function oneLine(value: unknown): string {
  return value === undefined || value === null ? '' : asText(value).replaceAll(/\p{Cc}/gu, ' ')
}
