import stringWidth from 'string-width'

const GAP = '  '
/** A column is not made narrower: less would say nothing. */
const NARROWEST = 10

/**
 * Rows in aligned columns. cli-table3 needs as many lines to be told to draw no frame, and pads the last column.
 *
 * @param rows     the header first; all of the same length
 * @param columns  characters of a line; where they are not enough the widest columns are shortened, the first one, which names the row, never
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): { lines: string[]; shortened: boolean } {
  const wanted = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => stringWidth(row[index] ?? ''))))
  const widths = fitted(wanted, columns)
  const lines = rows.map((row) =>
    widths
      .map((width, index) => padded(row[index] ?? '', width))
      .join(GAP)
      .trimEnd(),
  )
  return { lines, shortened: widths.some((width, index) => width < (wanted[index] ?? 0)) }
}

function fitted(wanted: readonly number[], columns: number): number[] {
  const widths = [...wanted]
  const total = () => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1))
  while (total() > columns) {
    const widest = Math.max(...widths.slice(1))
    const index = widths.indexOf(widest, 1)
    if (!(widest > NARROWEST)) break
    widths[index] = widest - 1
  }
  return widths
}

/** Text of exactly that width, the end of a longer one cut off. */
function padded(text: string, width: number): string {
  const shown = stringWidth(text) <= width ? text : `${cut(text, width - 1)}…`
  return shown + ' '.repeat(width - stringWidth(shown))
}

function cut(text: string, width: number): string {
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width) break
    kept += segment
  }
  return kept
}
