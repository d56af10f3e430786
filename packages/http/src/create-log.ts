import type { Log } from '@licenseoperator/domain'
import { destination, pino, stdTimeFunctions } from 'pino'
import { errorFields } from './error-fields.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogOptions {
  readonly service: string
  readonly level: LogLevel
  /** Takes one finished line including its newline; standard output by default. */
  readonly write?: (line: string) => void
}

/** Nobody of ours logs one of these, at whatever depth: a second fence, for the day somebody does. */
const SECRETS = new Set(['authorization', 'cookie', 'password', 'secret', 'token', 'apikey', 'privatekeypem'])

/**
 * One JSON object per line, by pino: `level`, `time`, `service`, the fields, `msg`. JSON escapes line breaks and control characters, so a
 * value cannot forge a second line, and no field can replace one of ours. An `Error` among the fields is reduced by `errorFields`.
 */
export function createLog({ service, level, write }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: loggable },
      // pino's own would print an error's message and stack, where drivers put SQL and values.
      serializers: { err: (error: unknown) => error },
    },
    // Written before the call returns: the line that says why a process ends must not be lost with it.
    write === undefined ? destination({ fd: 1, sync: true }) : { write },
  )
  const log =
    (of: LogLevel) =>
    (msg: string, fields: Record<string, unknown> = {}) =>
      logger[of](fields, msg)
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** Plain JSON without the names that are ours: of two equal names in an object a reader takes the last. */
function loggable({
  level: _level,
  time: _time,
  service: _service,
  msg: _msg,
  ...fields
}: Record<string, unknown>): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(fields, plain))
  } catch {
    return { unloggable: Object.keys(fields) }
  }
}

function plain(key: string, value: unknown): unknown {
  if (value !== undefined && SECRETS.has(key.toLowerCase())) return '[secret]'
  if (value instanceof Error) return errorFields(value)
  return typeof value === 'bigint' ? value.toString() : value
}
