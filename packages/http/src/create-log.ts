import type { Log } from '@licenseoperator/domain'
import { errorFields } from './error-fields.ts'

const levels = { debug: 10, info: 20, warn: 30, error: 40 }
export type LogLevel = keyof typeof levels

export interface LogOptions {
  readonly service: string
  readonly level: LogLevel
  /** Takes one finished line including its newline; standard output by default. */
  readonly write?: (line: string) => void
}

/**
 * One JSON object per line: `time`, `level`, `service`, `msg`, then the fields. JSON escapes line breaks and control characters, so a
 * value cannot forge a second line. An `Error` among the fields is reduced by `errorFields`.
 */
export function createLog({ service, level, write = (line) => process.stdout.write(line) }: LogOptions): Log {
  const log =
    (of: LogLevel) =>
    (msg: string, fields: Record<string, unknown> = {}) => {
      if (levels[of] < levels[level]) return
      const head = { time: new Date().toISOString(), level: of, service, msg }
      write(`${serialise(head, fields)}\n`)
    }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

function serialise(head: Record<string, unknown>, fields: Record<string, unknown>): string {
  try {
    // The head is written twice so that it comes first and no field can replace it.
    return JSON.stringify({ ...head, ...fields, ...head }, plain)
  } catch {
    return JSON.stringify({ ...head, unloggable: Object.keys(fields) })
  }
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return errorFields(value)
  return typeof value === 'bigint' ? value.toString() : value
}
