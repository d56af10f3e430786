/** A MySQL account and database of the stack. */
export interface Account {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** Reads the DSN that the stack hands out. */
export function accountOf(dsn: string): Account {
  const parts = /^(?<user>[^:@]*)(?::(?<password>.*))?@tcp\((?<host>[^:)]+):(?<port>\d+)\)\/(?<database>[^?]+)/.exec(dsn)?.groups
  if (parts?.database === undefined) throw new Error('the stack has no DSN in Go notation')
  return {
    user: parts.user ?? '',
    password: parts.password ?? '',
    host: parts.host ?? '',
    port: Number(parts.port),
    database: parts.database,
  }
}
