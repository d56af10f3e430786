import { readFileSync } from 'node:fs'

const LINES = 5

/** The end of a server's log as the second half of an error message: the log itself may be gone when somebody reads it. */
export function logTail(file: string): string {
  let lines: string[] = []
  try {
    lines = readFileSync(file, 'utf8').trim().split('\n').slice(-LINES)
  } catch {
    // It never came to writing a log.
  }
  return lines.length === 0 || lines[0] === '' ? '; it wrote no log' : `; its last words:\n    ${lines.join('\n    ')}`
}
