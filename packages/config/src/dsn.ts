export interface MysqlAccount {
  readonly host: string
  readonly port: number
  readonly socketPath: string | undefined
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: boolean
}

const MYSQL_PORT = 3306

/**
 * Reads where MySQL is: Go driver notation (`user:pass@tcp(host:3306)/db?parseTime=true`, `user@unix(/path)/db`) or a `mysql://` URL. In Go
 * notation a password may hold `@`, `:` and `/`, so the address starts at the last `@tcp(`. Unknown parameters are ignored.
 *
 * @returns `undefined` when the text is neither
 * @see https://github.com/go-sql-driver/mysql#dsn-data-source-name
 */
export function parseDsn(text: string): MysqlAccount | undefined {
  return text.startsWith('mysql://') ? parseUrl(text) : parseGoDsn(text)
}

function parseGoDsn(text: string): MysqlAccount | undefined {
  const at = Math.max(text.lastIndexOf('@tcp('), text.lastIndexOf('@unix('))
  if (at < 0) return undefined
  const account = text.slice(0, at)
  const address = /^@(?<net>tcp|unix)\((?<where>[^)]*)\)\/(?<database>[^?]*)(?:\?(?<parameters>.*))?$/.exec(
    text.slice(at),
  )?.groups
  if (address?.where === undefined || address.database === undefined || address.database === '') return undefined
  const colon = account.indexOf(':')
  const user = colon < 0 ? account : account.slice(0, colon)
  const password = colon < 0 ? '' : account.slice(colon + 1)
  const tls = isTls(new URLSearchParams(address.parameters ?? '').get('tls'))
  const common = { user, password, database: address.database, tls }
  if (address.net === 'unix') return { ...common, host: 'localhost', port: MYSQL_PORT, socketPath: address.where }
  const place = hostAndPort(address.where)
  return place && { ...common, ...place, socketPath: undefined }
}

function hostAndPort(where: string): { host: string; port: number } | undefined {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]*))(?::(?<port>\d{1,5}))?$/.exec(where)?.groups
  const host = match?.v6 ?? match?.name
  const port = Number(match?.port ?? MYSQL_PORT)
  if (host === undefined || host === '' || port < 1 || port > 65_535) return undefined
  return { host, port }
}

function parseUrl(text: string): MysqlAccount | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const database = decodeURIComponent(url.pathname.slice(1))
  if (url.hostname === '' || database === '') return undefined
  return {
    host: url.hostname,
    port: Number(url.port || MYSQL_PORT),
    socketPath: undefined,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    tls: isTls(url.searchParams.get('tls')),
  }
}

function isTls(parameter: string | null): boolean {
  return parameter !== null && !['false', '0', ''].includes(parameter)
}
