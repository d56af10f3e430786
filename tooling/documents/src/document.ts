/** What a line of Markdown is. `code` is inside a fence, its fence lines included. */
export type LineKind = 'prose' | 'code' | 'table' | 'heading'

export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
  readonly kind: LineKind
  /** Language of the fence that a line of code stands in, lower-case; empty for none. */
  readonly language: string
  /** Text of the nearest heading above, the line's own where it is one. */
  readonly section: string
}

/** One Markdown file, read into what the checks ask about. */
export interface MarkdownDocument {
  /** From the repository's root. */
  readonly path: string
  readonly lines: readonly Line[]
}

/** What is wrong with a document, and where: `README.md:12`. */
export interface Problem {
  readonly at: string
  readonly says: string
}

const FENCE = /^\s*(`{3,}|~{3,})\s*(\S*)/

/** Reads Markdown line by line: fences, tables and headings are told apart, nothing else is parsed. */
export function readMarkdown(path: string, text: string): MarkdownDocument {
  let fence: string | undefined
  let language = ''
  let section = ''
  const lines = text.split('\n').map((line, index): Line => {
    const [, mark, info = ''] = FENCE.exec(line) ?? []
    const opens = fence === undefined && mark !== undefined
    const closes = fence !== undefined && mark?.startsWith(fence) === true && info === ''
    const inCode = opens || fence !== undefined
    if (opens) {
      fence = mark
      language = info.toLowerCase()
    }
    const heading = inCode ? undefined : /^#{1,6} +(.+?) *$/.exec(line)?.[1]
    if (heading !== undefined) section = heading
    const kind = inCode ? 'code' : heading !== undefined ? 'heading' : /^\s*\|/.test(line) ? 'table' : 'prose'
    const read = { number: index + 1, text: line, kind, language: inCode ? language : '', section } as const
    if (closes) {
      fence = undefined
      language = ''
    }
    return read
  })
  return { path, lines }
}

/** The cells of a table's row, a `\|` inside one left as it is written. */
export function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
}

/** Everything that stands in backticks on a line that is no code. */
export function codeSpansOf({ text, kind }: Line): string[] {
  return kind === 'code' ? [] : [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
}

export function problemAt({ path }: MarkdownDocument, { number }: Pick<Line, 'number'>, says: string): Problem {
  return { at: `${path}:${number}`, says }
}
