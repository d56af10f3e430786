import { csvCell } from '@licenseoperator/payments'

/** What a column says of a row. */
export type Cell<Row> = (row: Row) => unknown

/**
 * Rows in the form of RFC 4180, the names of the columns first, also when there is no row.
 *
 * @param shown  what is done with the text of a cell
 */
export function csvLines<Row>(
  columns: Readonly<Record<string, Cell<Row>>>,
  rows: readonly Row[],
  shown: (text: string) => string,
): string[] {
  const lines = [Object.keys(columns), ...rows.map((row) => Object.values(columns).map((cell) => cell(row)))]
  return lines.map((line) => `${line.map((value) => csvCell(plain(value, shown))).join(',')}\r\n`)
}

/** What is no text and no number is JSON: a program can take it apart again. */
function plain(value: unknown, shown: (text: string) => string): string | number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value
  return shown(typeof value === 'string' ? value : JSON.stringify(value))
}
