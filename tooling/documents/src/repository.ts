import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the checks ask about files; a test of a check gives one of its own. */
export interface Repository {
  /** Every file that git keeps or would keep, from the root, with slashes. */
  readonly files: readonly string[]
  /** Whether a file or folder is there; `*`, `**` and `{a,b}` are understood. */
  has(path: string): boolean
  read(path: string): string
}

export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')

/** The working tree that this file stands in. */
export function workingTree(): Repository {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  const files = [...new Set(listed.split('\n'))].filter((file) => file !== '' && existsSync(`${root}/${file}`))
  return {
    files,
    has: (path) => (/[*{]/.test(path) ? globSync(path, { cwd: root }).length > 0 : existsSync(`${root}/${path}`)),
    read: (path) => readFileSync(`${root}/${path}`, 'utf8'),
  }
}

/**
 * The file or folder that a document means: from the root, from the document's folder or its `src`, or without the first word of the map
 * (`billing/src/…` for `packages/billing/src/…`).
 */
export function locate(repository: Repository, documentPath: string, named: string): string | undefined {
  const own = posix.dirname(documentPath)
  const folders = ['.', own, `${own}/src`, 'packages', 'services', 'tooling']
  return folders
    .map((folder) => posix.normalize(`${folder}/${named}`))
    .find((path) => !path.startsWith('..') && repository.has(path))
}
