import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cannotWrite, OWNER_ONLY } from '../write-new.ts'

/** What everybody may read. */
export const PUBLIC = 0o644

/**
 * Puts a whole file where none is: whoever is killed in the middle leaves no half of a key behind, and of two who come at once one is first.
 *
 * @returns false when there was one, which stays as it is
 * @throws UsageError naming the file
 */
export function putNew(file: string, text: string, mode: number = OWNER_ONLY): boolean {
  const half = join(dirname(file), `.new-${process.pid}-${crypto.randomUUID()}`)
  try {
    writeFileSync(half, text, { flag: 'wx', mode })
    linkSync(half, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw cannotWrite(file, error)
  } finally {
    rmSync(half, { force: true })
  }
}

/** The text of a file, `undefined` when there is none. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
