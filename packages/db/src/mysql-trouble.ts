import { mysqlErrorFacts } from './mysql-error.ts'

/** Where MySQL is and as whom; the password is no part of it. */
export interface MysqlPlace {
  readonly host: string
  readonly port: number
  readonly socketPath?: string | undefined
  readonly user?: string | undefined
  readonly database?: string | undefined
}

/** What a driver error means to whoever runs the operator: one sentence, without SQL and values. */
export interface MysqlTrouble {
  readonly address: string
  /** The driver's or server's own word: `ECONNREFUSED`, `ER_ACCESS_DENIED_ERROR`. */
  readonly code: string
  readonly sentence: string
}

type Cause = (place: MysqlPlace) => string

const named = (what: string, name: string | undefined) => (name === undefined ? `the ${what}` : `${what} ${name}`)

/** By the code, because one of them stands for one thing to do. */
const causes: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: () => 'cannot be reached: nothing listens there',
  ENOENT: () => 'cannot be reached: there is no such socket',
  EACCES: () => 'cannot be reached: the socket may not be opened',
  ENOTFOUND: () => 'cannot be reached: the host name is unknown',
  EAI_AGAIN: () => 'cannot be reached: the host name cannot be looked up now',
  EHOSTUNREACH: () => 'cannot be reached: there is no route to the host',
  ETIMEDOUT: () => 'does not answer in time',
  PROTOCOL_SEQUENCE_TIMEOUT: () => 'does not answer in time',
  CONNECTION_HELD_TOO_LONG: () => 'does not answer in time',
  POOL_TIMEOUT: () => 'does not answer in time, or all connections are in use',
  POOL_QUEUE_FULL: () => 'is overloaded: too many wait for a connection',
  PROTOCOL_CONNECTION_LOST: () => 'ended the connection',
  ECONNRESET: () => 'ended the connection',
  EPIPE: () => 'ended the connection',
  HANDSHAKE_NO_SSL_SUPPORT: () => 'does not offer TLS, which the configuration demands',
  HANDSHAKE_SSL_ERROR: () => 'has a TLS certificate that is not trusted',
  ER_ACCESS_DENIED_ERROR: ({ user }) => `refuses ${named('user', user)}: the user or the password is wrong`,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: ({ user }) => `refuses ${named('user', user)}: a password is needed`,
  ER_DBACCESS_DENIED_ERROR: ({ user, database }) => `does not let ${named('user', user)} use ${named('database', database)}`,
  ER_TABLEACCESS_DENIED_ERROR: ({ user }) => `does not let ${named('user', user)} do this: a privilege is missing`,
  ER_SPECIFIC_ACCESS_DENIED_ERROR: ({ user }) => `does not let ${named('user', user)} do this: a privilege is missing`,
  ER_BAD_DB_ERROR: ({ database }) =>
    `has no ${database === undefined ? 'such database' : `database ${database}`}: create it, then run licenseoperator db migrate`,
  ER_NO_SUCH_TABLE: () => 'lacks a table of this release: run licenseoperator db migrate',
  ER_BAD_FIELD_ERROR: () => 'lacks a column of this release: run licenseoperator db migrate',
  ER_HOST_NOT_PRIVILEGED: () => 'does not accept connections from this host',
  ER_HOST_IS_BLOCKED: () => 'has blocked this host after many failed connections',
  ER_CON_COUNT_ERROR: () => 'has too many connections',
  ER_USER_LIMIT_REACHED: ({ user }) => `has too many connections of ${named('user', user)}`,
  ER_SERVER_SHUTDOWN: () => 'is shutting down',
  ER_OPTION_PREVENTS_STATEMENT: () => 'is read-only',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: () => 'is read-only',
  ER_READ_ONLY_MODE: () => 'is read-only',
  ER_LOCK_DEADLOCK: () => 'is busy: other changes were in the way',
  ER_LOCK_WAIT_TIMEOUT: () => 'is busy: another change held what was needed for too long',
  ER_QUERY_TIMEOUT: () => 'took too long for a query',
  ER_DISK_FULL: () => 'has no space left on its disk',
}

/** How MySQL's own errors and the driver's are called; a network's code alone says nothing of whose network it is. */
const OF_MYSQL = /^(?:ER_|PROTOCOL_|POOL_|HANDSHAKE_|CONNECTION_HELD)/

/**
 * One sentence for an error of MySQL: it names the server, the address and the cause.
 *
 * @param error  of the driver, or one that has it as its cause
 * @param certain  true where nothing but MySQL can have failed: a bare network code then counts as well
 * @returns `undefined` for an error that is not MySQL's
 */
export function explainMysql(error: unknown, place: MysqlPlace | undefined, certain = false): MysqlTrouble | undefined {
  for (let current: unknown = error, depth = 0; depth < 4 && current instanceof Error; current = current.cause, depth += 1) {
    const { code, sqlState, fatal } = mysqlErrorFacts(current)
    if (code === undefined || !(OF_MYSQL.test(code) || sqlState !== undefined || ((fatal || certain) && code in causes))) continue
    const address = place === undefined ? 'an unknown address' : addressOf(place)
    const cause = causes[code]
    const says = cause === undefined ? 'refuses a statement' : cause(place ?? { host: '', port: 0 })
    return { address, code, sentence: `MySQL at ${address} ${says} (${code})` }
  }
  return undefined
}

export function addressOf({ host, port, socketPath }: MysqlPlace): string {
  return socketPath ?? `${host}:${port}`
}
