import type { MysqlPool, MysqlPoolConnection } from 'kysely'
import type { Pool, PoolConnection, QueryOptions } from 'mysql2'
import { spoilsConnection } from './mysql-error.ts'

export interface Deadlines {
  /** How long a caller may wait for a free connection. */
  readonly acquireMs: number
  /** How long a caller may keep one; then it is destroyed under the caller's hands. */
  readonly holdMs: number
}

/** An error of ours in the driver's shape, so that one classification serves both. */
class PoolError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * mysql2's pool with the two deadlines that it lacks. A paused server or a black-holed network otherwise makes `getConnection` and every
 * query wait for ever, and a connection that failed over to read-only goes back to the pool for ever.
 */
export class GuardedPool implements MysqlPool {
  readonly #pool: Pool
  readonly #deadlines: Deadlines

  constructor(pool: Pool, deadlines: Deadlines) {
    this.#pool = pool
    this.#deadlines = deadlines
  }

  getConnection(callback: (error: unknown, connection: MysqlPoolConnection) => void): void {
    let waiting = true
    const unusable = new UnusableConnection()
    const timer = setTimeout(() => {
      waiting = false
      callback(new PoolError('POOL_TIMEOUT', 'no database connection became free in time'), unusable)
    }, this.#deadlines.acquireMs)
    this.#pool.getConnection((error, connection) => {
      clearTimeout(timer)
      if (!waiting) {
        if (error === null) connection.release()
        return
      }
      if (error === null) callback(null, new GuardedConnection(connection, this.#deadlines.holdMs))
      else callback(queueFull(error), unusable)
    })
  }

  end(callback: (error: unknown) => void): void {
    this.#pool.end(callback)
  }
}

/** mysql2 reports a full queue as a plain error without a code. */
function queueFull(error: Error): Error {
  return error.message === 'Queue limit reached.'
    ? new PoolError('POOL_QUEUE_FULL', 'too many callers wait for a database connection')
    : error
}

/** The callback's second argument must be a connection even when there is none. */
class UnusableConnection implements MysqlPoolConnection {
  readonly config = {}
  readonly threadId = 0
  connect(): void {
    throw new PoolError('POOL_TIMEOUT', 'there is no connection')
  }
  query(): never {
    throw new PoolError('POOL_TIMEOUT', 'there is no connection')
  }
  destroy(): void {
    this.release()
  }
  release(): void {
    // Nothing was acquired.
  }
}

type QueryCallback = Parameters<MysqlPoolConnection['query']>[2]

class GuardedConnection implements MysqlPoolConnection {
  readonly config = {}
  readonly #connection: PoolConnection
  readonly #deadline: NodeJS.Timeout
  readonly #failPending = new Set<(error: Error) => void>()
  #spoilt = false
  #returned = false

  constructor(connection: PoolConnection, holdMs: number) {
    this.#connection = connection
    this.#deadline = setTimeout(
      () => this.#abandon(new PoolError('CONNECTION_HELD_TOO_LONG', 'the database did not answer in time')),
      holdMs,
    )
  }

  get threadId(): number {
    return this.#connection.threadId ?? 0
  }

  connect(callback?: (error: unknown) => void): void {
    this.#connection.connect(callback)
  }

  query(sql: string, parameters: QueryOptions['values'], callback?: QueryCallback): ReturnType<MysqlPoolConnection['query']> {
    if (callback === undefined) return this.#connection.query(sql, parameters)
    let answered = false
    const answer = (error: unknown, result: Parameters<NonNullable<QueryCallback>>[1]) => {
      if (answered) return
      answered = true
      this.#failPending.delete(fail)
      if (error !== null && spoilsConnection(error)) this.#spoilt = true
      callback(error, result)
    }
    const fail = (error: Error) => answer(error, [])
    if (this.#spoilt) {
      // Closing a connection rolls its transaction back; reporting that "rollback" failed would only hide the first error.
      if (sql === 'rollback') answer(null, [])
      else fail(new PoolError('PROTOCOL_CONNECTION_LOST', 'the connection to the database is gone'))
      return noStream
    }
    this.#failPending.add(fail)
    this.#connection.query(sql, parameters, (error: unknown, result: unknown) => answer(error, asResult(result)))
    return noStream
  }

  release(): void {
    if (this.#returned) return
    this.#returned = true
    clearTimeout(this.#deadline)
    if (this.#spoilt) this.#connection.destroy()
    else this.#connection.release()
  }

  destroy(): void {
    this.#spoilt = true
    this.release()
  }

  #abandon(error: Error): void {
    this.#spoilt = true
    this.#connection.destroy()
    this.#returned = true
    for (const fail of [...this.#failPending]) fail(error)
  }
}

const noStream = {
  stream: (): never => {
    throw new TypeError('a query with a callback has no stream')
  },
}

/** mysql2 answers with rows or an OK packet, which are the two shapes Kysely's driver reads; nothing else reaches a query callback. */
function asResult(result: unknown): Parameters<NonNullable<QueryCallback>>[1] {
  return result as Parameters<NonNullable<QueryCallback>>[1]
}
