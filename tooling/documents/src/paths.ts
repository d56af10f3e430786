import { posix } from 'node:path'
import { codeSpansOf, type MarkdownDocument, type Problem, problemAt } from './document.ts'
import { locate, type Repository } from './repository.ts'

/** Files that somebody makes, so that no repository holds them. */
const MADE = [
  /^config\/config\.yaml$/,
  /(^|\/)dist\//,
  /^\/app\//,
  // A description of files in general, and not of one.
  /^<|^\.\/$/,
]
const FOLDERS = /^(packages|services|tooling|docs|config|\.ci)(\/|$)/
const SOURCE = /\.(ts|mjs|md|json|ya?ml|sh)$/

/** Files and folders that a document names in backticks and that are not there. */
export function pathProblems(document: MarkdownDocument, repository: Repository): Problem[] {
  return document.lines.flatMap((line) =>
    codeSpansOf(line)
      .map(pathIn)
      .filter((path) => path !== undefined)
      .filter((path) => !isThere(document, path, repository))
      .map((path) => problemAt(document, line, `names ${path}, which is not there`)),
  )
}

/** @returns undefined for what is no path; a placeholder such as `<verb>` stands for any name */
function pathIn(span: string): string | undefined {
  if (/\s/.test(span) || MADE.some((made) => made.test(span)) || /^[a-z]+:\/\/|^[@$/-]|…/.test(span)) return undefined
  const path = span.replaceAll(/<[^>]*>/g, '*').replace(/\/$/, '')
  return (path.includes('/') && (FOLDERS.test(path) || SOURCE.test(path))) || /^[\w.-]+\.(ts|mjs)$/.test(path) ? path : undefined
}

function isThere(document: MarkdownDocument, path: string, repository: Repository): boolean {
  if (locate(repository, document.path, path) !== undefined) return true
  return !path.includes('/') && repository.files.some((file) => posix.basename(file) === path)
}
