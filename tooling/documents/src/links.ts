import { posix } from 'node:path'
import { type MarkdownDocument, type Problem, problemAt, readMarkdown } from './document.ts'
import type { Repository } from './repository.ts'

/** Relative links that lead nowhere, and anchors that no heading has. */
export function linkProblems(document: MarkdownDocument, repository: Repository): Problem[] {
  return document.lines
    .filter(({ kind }) => kind !== 'code')
    .flatMap((line) =>
      linksIn(line.text).flatMap((target) => {
        const why = whyBroken(document, target, repository)
        return why === undefined ? [] : [problemAt(document, line, `link to ${target}: ${why}`)]
      }),
    )
}

function linksIn(text: string): string[] {
  return [...text.replaceAll(/`[^`]*`/g, 'code').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

function whyBroken(document: MarkdownDocument, target: string, repository: Repository): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? document.path : posix.normalize(`${posix.dirname(document.path)}/${decodeURI(file)}`)
  if (!repository.has(path)) return 'there is no such file'
  if (anchor === undefined) return undefined
  const linked = file === '' ? document : readMarkdown(path, repository.read(path))
  return anchorsOf(linked).has(anchor) ? undefined : 'no heading has that anchor'
}

/** Anchors as GitHub makes them: a heading that comes again gets a number. */
export function anchorsOf({ lines }: MarkdownDocument): Set<string> {
  const anchors = new Set<string>()
  for (const { section } of lines.filter(({ kind }) => kind === 'heading')) {
    const anchor = section
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    let unique = anchor
    for (let again = 1; anchors.has(unique); again += 1) unique = `${anchor}-${again}`
    anchors.add(unique)
  }
  return anchors
}
