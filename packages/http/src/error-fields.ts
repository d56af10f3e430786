import { DomainError } from '@licenseoperator/domain'

/** What a log line may say about an error. */
export type ErrorFields = {
  name: string
  code?: string | number
  errno?: number
  sqlState?: string
  message?: string
  at?: string[]
  cause?: ErrorFields
}

const word = /^[\w.:-]{1,64}$/
const frame = /^ {4}at (?:[\w.<>$# [\]]{1,80} \()?(?:file:\/\/|node:|\/)[^\s()]{1,300}:\d+:\d+\)?$/

/**
 * An error as an allow-list of fields. Drivers put SQL, values, headers and payloads into messages and extra properties, so of a foreign
 * error only its name, codes and code positions are kept; the message only of a `DomainError`, whose messages are meant to be read.
 */
export function errorFields(error: unknown): ErrorFields {
  return describe(error, 3)
}

function describe(error: unknown, depth: number): ErrorFields {
  if (!(error instanceof Error)) return { name: `thrown ${error === null ? 'null' : typeof error}` }
  const { name, code, errno, sqlState } = properties(error)
  const at = framesOf(error)
  return {
    name: typeof name === 'string' && word.test(name) ? name : 'Error',
    ...((typeof code === 'string' && word.test(code)) || typeof code === 'number' ? { code } : {}),
    ...(typeof errno === 'number' ? { errno } : {}),
    ...(typeof sqlState === 'string' && word.test(sqlState) ? { sqlState } : {}),
    ...(error instanceof DomainError ? { message: error.message } : {}),
    ...(at.length > 0 && !(error instanceof DomainError) ? { at } : {}),
    ...(error.cause !== undefined && depth > 0 ? { cause: describe(error.cause, depth - 1) } : {}),
  }
}

function properties(error: Error): { name?: unknown; code?: unknown; errno?: unknown; sqlState?: unknown } {
  return error
}

/** The innermost positions in the code. The stack starts with the message, so nothing is taken unless the message can be cut off. */
function framesOf(error: Error): string[] {
  const start = error.stack?.indexOf(error.message) ?? -1
  if (error.stack === undefined || start < 0) return []
  const lines = error.stack.slice(start + error.message.length).split('\n')
  return lines
    .filter((line) => frame.test(line))
    .slice(0, 6)
    .map((line) => line.trim().slice(3))
}
