import { connect, isIP, type Socket } from 'node:net'
import { CompiledQuery, Kysely, MysqlDialect } from 'kysely'
import { createPool, type SslOptions } from 'mysql2'
import { GuardedPool } from './guarded-pool.ts'
import type { Db, Schema } from './schema.ts'

/** Certificates in PEM form. A configuration's secret is revealed only here. */
export interface DatabaseTls {
  /** Authorities that are trusted instead of the machine's. */
  readonly ca?: string | undefined
  /** The client certificate and its key. */
  readonly cert?: string | undefined
  readonly key?: string | { reveal(): string } | undefined
}

export interface DatabaseOptions {
  readonly host: string
  readonly port: number
  readonly socketPath?: string | undefined
  readonly user: string
  readonly password: string
  readonly database: string
  /** Encrypted, or refused: the server's certificate and, where `host` is a name, that name are verified. */
  readonly tls?: boolean | DatabaseTls | undefined
  /** Size of the pool; a hundred times as many callers may wait for `acquireMs`, the rest are refused at once. */
  readonly maxConnections?: number | undefined
  readonly maxIdleConnections?: number | undefined
  /** How long one caller may hold a connection: about 3 s behind an HTTP request, 15 s in a worker. */
  readonly holdMs?: number | undefined
  readonly acquireMs?: number | undefined
}

export interface Database {
  readonly db: Db
  /** @throws when MySQL does not answer within the pool's deadlines */
  ping(): Promise<void>
  /** Says goodbye to the server, and cuts what it has not answered after a second. */
  close(): Promise<void>
}

/**
 * A pool with limits and deadlines. Opens nothing yet: the first query connects.
 *
 * Sessions run READ COMMITTED (under REPEATABLE READ the relay's claim would block every insert into the outbox), give up a lock wait
 * after 3 s (clients give up after 10 s) and speak UTC.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const connectionLimit = options.maxConnections ?? 10
  const sockets = new Set<Socket>()
  const pool = createPool({
    host: options.host,
    port: options.port,
    stream: () => dial(options, sockets),
    user: options.user,
    password: options.password,
    database: options.database,
    ...(options.tls ? { ssl: sslOf(options) } : {}),
    charset: 'utf8mb4',
    timezone: 'Z',
    connectionLimit,
    maxIdle: Math.min(options.maxIdleConnections ?? connectionLimit, connectionLimit),
    queueLimit: connectionLimit * QUEUED_PER_CONNECTION,
    connectTimeout: 3000,
    supportBigNumbers: true,
    flags: ['-LOCAL_FILES'],
  })
  pool.on('connection', (connection) => {
    // Queued on the connection before its first user's statement; a failure makes that statement fail as well.
    connection.query(SESSION, (error) => {
      if (error !== null) connection.destroy()
    })
  })
  const guarded = new GuardedPool(pool, { acquireMs: options.acquireMs ?? 4000, holdMs: options.holdMs ?? 3000 })
  const db: Db = new Kysely<Schema>({ dialect: new MysqlDialect({ pool: guarded }) })
  return {
    db,
    ping: async () => {
      await db.executeQuery(CompiledQuery.raw('SELECT 1'))
    },
    close: () =>
      new Promise((resolve, reject) => {
        const cut = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
          resolve()
        }, CLOSE_MS)
        pool.end((error) => {
          clearTimeout(cut)
          if (error === null || error === undefined) resolve()
          else reject(error)
        })
      }),
  }
}

/** mysql2 checks the name in a certificate only when asked to, and never an address. */
function sslOf({ tls, host }: DatabaseOptions): SslOptions {
  const { ca, cert, key } = typeof tls === 'object' ? tls : {}
  return {
    rejectUnauthorized: true,
    verifyIdentity: isIP(host) === 0,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: typeof key === 'string' ? key : key.reveal() }),
  }
}

/** As mysql2 dials by itself, but known to us: it forgets those that it ends, and a server that hangs keeps them open for ever. */
function dial({ host, port, socketPath }: DatabaseOptions, open: Set<Socket>): Socket {
  const socket = socketPath === undefined ? connect(port, host) : connect(socketPath)
  if (socketPath === undefined) socket.setNoDelay(true).setKeepAlive(true)
  open.add(socket)
  return socket.once('close', () => open.delete(socket))
}

/** A server that hangs never answers a goodbye, and a process that is told to stop has no time for it. */
const CLOSE_MS = 1000

/**
 * How many may wait bounds memory, how long they may wait bounds time: a burst of hundreds that is worked off in a second is no overload.
 */
const QUEUED_PER_CONNECTION = 100

const SESSION = `SET SESSION transaction_isolation='READ-COMMITTED', innodb_lock_wait_timeout=3, time_zone='+00:00', max_execution_time=8000,
 collation_connection='utf8mb4_0900_bin',
 sql_mode='STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`
