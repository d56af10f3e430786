import { DomainError } from '@licenseoperator/domain'

/** The fields of a driver error that may be read and logged. `message` and `sql` hold statements and values, so they stay out. */
export interface MysqlErrorFacts {
  readonly code: string | undefined
  readonly errno: number | undefined
  readonly sqlState: string | undefined
  readonly fatal: boolean
}

const DUPLICATE_ENTRY = 1062
const DEADLOCK = 1213
const LOCK_WAIT_TIMEOUT = 1205

/** Server answers after which the same transaction may succeed on another connection: too many connections, shutdown, read-only. */
const AWAY = new Set([1040, 1053, 1290, 1792, 1836])
/** Of these the connection itself is a dead end: a demoted primary stays read-only for every later user of it. */
const DEAD_END = new Set([1290, 1792, 1836])
const NETWORK = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'CONNECTION_HELD_TOO_LONG',
  'POOL_TIMEOUT',
  'POOL_QUEUE_FULL',
])

export function mysqlErrorFacts(error: unknown): MysqlErrorFacts {
  const fields: { code?: unknown; errno?: unknown; sqlState?: unknown; fatal?: unknown } =
    typeof error === 'object' && error !== null ? error : {}
  return {
    code: typeof fields.code === 'string' ? fields.code : undefined,
    errno: typeof fields.errno === 'number' ? fields.errno : undefined,
    sqlState: typeof fields.sqlState === 'string' ? fields.sqlState : undefined,
    fatal: fields.fatal === true,
  }
}

/** The row is already there: an answer, not a failure. */
export function isDuplicateEntry(error: unknown): boolean {
  return mysqlErrorFacts(error).errno === DUPLICATE_ENTRY
}

/**
 * Name of the unique key under which the row is already there (`products_by_slug`). Only the key is read from the driver's message, which
 * carries the value as well.
 */
export function duplicateKeyOf(error: unknown): string | undefined {
  if (!isDuplicateEntry(error) || !(error instanceof Error)) return undefined
  return /for key '(?:[^'.]+\.)?([\w$]+)'$/.exec(error.message)?.[1]
}

/**
 * For people: number and column of an error that MySQL had with a value (` (errno 1406, column customer_name)`), empty for what has no number. Only the column's name
 * is read from the driver's message, whose beginning can carry the value.
 */
export function dataErrorFacts(error: unknown): string {
  const { errno } = mysqlErrorFacts(error)
  if (errno === undefined || !(error instanceof Error)) return ''
  const column = /(?:for column|in value for column|^Column) '(?:[\w$]+\.)*([\w$]+)'(?: at row \d+| cannot be null)?\.?$/.exec(
    error.message,
  )?.[1]
  return ` (errno ${errno}${column === undefined ? '' : `, column ${column}`})`
}

/**
 * Another transaction was in the way. MySQL rolled back all of this one (1213) or only its last statement (1205): the whole transaction is
 * rolled back here and run again.
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html
 */
export function isConflict(error: unknown): boolean {
  const { errno } = mysqlErrorFacts(error)
  return errno === DEADLOCK || errno === LOCK_WAIT_TIMEOUT
}

/** MySQL cannot be reached, does not answer in time or cannot take writes now. */
export function isAway(error: unknown): boolean {
  const { code, errno, fatal } = mysqlErrorFacts(error)
  return fatal || (errno !== undefined && AWAY.has(errno)) || (code !== undefined && NETWORK.has(code))
}

/**
 * A connection was held until its deadline: MySQL does not answer, or the work takes longer than it may, which it would do every time.
 *
 * @param error  as the driver threw it, or translated
 */
export function isDeadline(error: unknown): boolean {
  const cause = error instanceof DomainError ? error.cause : error
  return mysqlErrorFacts(cause).code === 'CONNECTION_HELD_TOO_LONG'
}

/** The connection must not go back to the pool. */
export function spoilsConnection(error: unknown): boolean {
  const { code, errno, fatal } = mysqlErrorFacts(error)
  return fatal || (errno !== undefined && DEAD_END.has(errno)) || (code !== undefined && NETWORK.has(code))
}

/** What a use case gets to see of a driver error: refusals stay, conflicts and absence become 503, anything else stays itself (a bug). */
export function translateMysqlError(error: unknown): unknown {
  if (isAway(error) || isConflict(error)) {
    return new DomainError('temporarily_unavailable', 'temporarily unavailable', { retryAfterSeconds: 5, cause: error })
  }
  return error
}
