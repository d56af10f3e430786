import { cellsOf, type MarkdownDocument, type Problem, problemAt } from './document.ts'

const WIDEST_LINE = 100
const WIDEST_CELL = 60

/** A span of code that goes over the end of its line: no other check could read what it names. */
export function brokenSpanProblems(document: MarkdownDocument): Problem[] {
  return document.lines
    .filter(({ kind, text }) => kind !== 'code' && text.split('`').length % 2 === 0)
    .map((line) => problemAt(document, line, 'a span of code goes over the end of the line'))
}

/** Lines and cells that nobody can read beside something else. A line is let off for an address that cannot be broken. */
export function widthProblems(document: MarkdownDocument): Problem[] {
  return document.lines.flatMap((line) => {
    const width = columnsOf(line.text)
    const isTooWide = width > WIDEST_LINE && columnsOf(line.text.replaceAll(/https?:\/\/\S+/g, '')) > WIDEST_LINE
    const wideCells = line.kind === 'table' ? cellsOf(line.text).filter((cell) => columnsOf(cell) > WIDEST_CELL) : []
    return [
      ...(isTooWide ? [problemAt(document, line, `${width} columns, more than ${WIDEST_LINE}`)] : []),
      ...wideCells.map((cell) => problemAt(document, line, `a cell of ${columnsOf(cell)} characters: ${cell.slice(0, 30)}…`)),
    ]
  })
}

function columnsOf(text: string): number {
  return [...text].length
}
