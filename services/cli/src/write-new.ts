import { writeFileSync } from 'node:fs'
import { UsageError } from './usage-error.ts'

/** Private keys, and names, addresses and licenses of customers, are for whoever ran the command. */
export const OWNER_ONLY = 0o600

/**
 * Writes a file that only its owner may read. Never over an existing one.
 *
 * @throws UsageError naming the file
 */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: OWNER_ONLY })
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

/** Why a file could not be made. */
export function cannotWrite(file: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return new UsageError(
    code === 'EEXIST' ? `${file} exists already` : `cannot write ${file}${typeof code === 'string' ? ` (${code})` : ''}`,
  )
}
