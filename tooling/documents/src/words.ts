import { codeSpansOf, type MarkdownDocument, type Problem, problemAt } from './document.ts'
import type { Repository } from './repository.ts'

const NAME = /^[a-z][a-z0-9]*(?:[A-Z]\w*|_\w+)(?:\(\))?$|^[A-Z][a-z0-9]+[A-Z]\w*$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/
const SOURCE = /\.(ts|mjs|json|ya?ml)$/

/** Every word of the sources and of the configuration; the tools that read documents do not count. */
export function wordsOfSources({ files, read }: Repository): Set<string> {
  const sources = files.filter((file) => SOURCE.test(file) && !file.startsWith('tooling/documents/'))
  return new Set(sources.flatMap((file) => read(file).match(/\w+/g) ?? []))
}

/** Names in backticks (`camelCase`, `snake_case`, `VARIABLES_SO`, also behind a dot) that no source has: what was renamed, or never was. */
export function wordProblems(document: MarkdownDocument, words: ReadonlySet<string>): Problem[] {
  return document.lines.flatMap((line) =>
    codeSpansOf(line)
      .flatMap((span) => (/^[\w.]+(?:\(\))?$/.test(span) ? span.split('.') : []))
      .filter((name) => NAME.test(name) && !words.has(name.replace(/\(\)$/, '')))
      .map((name) => problemAt(document, line, `names ${name}, which no source has`)),
  )
}
