import { cellsOf, type Line, type MarkdownDocument, type Problem, problemAt } from './document.ts'
import { locate, type Repository } from './repository.ts'

/** A function, or whatever else has a name, and the file that a document says it stands in. */
interface Named {
  readonly line: Line
  readonly file: string
  readonly symbol: string
}

/** Pairs `file.ts` → `symbol`, in a sentence or as the columns “file” and “function” of a table, where the file lacks the symbol. */
export function symbolProblems(document: MarkdownDocument, repository: Repository): Problem[] {
  const lost = document.lines.filter(({ kind, text }) => kind !== 'code' && /`[^`]+\.ts` →(?! `[\w$]+)/.test(text))
  const dangling = lost.map((line) => problemAt(document, line, 'an arrow behind a file leads to no name on its line'))
  const wrong = namedIn(document).flatMap(({ line, file, symbol }) => {
    const path = locate(repository, document.path, file)
    if (path === undefined) return [problemAt(document, line, `${symbol} is to stand in ${file}, which is not there`)]
    return declares(repository.read(path), symbol) ? [] : [problemAt(document, line, `${file} declares no ${symbol}`)]
  })
  return [...dangling, ...wrong]
}

/** Every pair that a document names. */
export function namedIn(document: MarkdownDocument): Named[] {
  return [...inSentences(document), ...inTables(document)]
}

function inSentences({ lines }: MarkdownDocument): Named[] {
  const arrow = /`([^`]+\.ts)` → ((?:`[\w$]+(?:\(\))?`(?:, | and )?)+)/g
  return lines
    .filter(({ kind }) => kind !== 'code')
    .flatMap((line) =>
      [...line.text.matchAll(arrow)].flatMap(([, file = '', symbols = '']) =>
        spansIn(symbols).map((symbol) => ({ line, file, symbol })),
      ),
    )
}

function inTables({ lines }: MarkdownDocument): Named[] {
  let header: string[] | undefined
  return lines.flatMap((line) => {
    if (line.kind !== 'table') {
      header = undefined
      return []
    }
    const cells = cellsOf(line.text)
    header ??= cells
    const [file] = spansIn(cells[header.indexOf('file')] ?? '')
    const symbols = spansIn(cells[header.indexOf('function')] ?? '')
    return file === undefined ? [] : symbols.map((symbol) => ({ line, file, symbol }))
  })
}

function spansIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replace(/\(\)$/, ''))
}

/** True where a source declares the name; that it only uses it is not enough. */
function declares(source: string, name: string): boolean {
  const declaration = `(?:function\\*?|const|let|class|interface|type|enum)\\s+${name.replaceAll('$', '\\$')}\\b`
  return new RegExp(`^\\s*(?:export\\s+)?(?:default\\s+)?(?:abstract\\s+)?(?:async\\s+)?${declaration}`, 'm').test(source)
}
