import { type Connection, createConnection } from 'mysql2/promise'

/** A connection to the MySQL that the stack's DSN names. */
export function connectTo(dsn: string): Promise<Connection> {
  const [, user, host, port, database] = /^(\w+)@tcp\(([^:]+):(\d+)\)\/(\w+)\?parseTime=true$/.exec(dsn) ?? []
  if (user === undefined || host === undefined || database === undefined) throw new Error(`not a DSN: ${dsn}`)
  return createConnection({ user, host, port: Number(port), database })
}
