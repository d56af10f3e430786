export interface MysqlAccount {
  readonly host: string
  readonly port: number
  /** Set instead of host and port for a Unix socket. */
  readonly socketPath: string | undefined
  readonly user: string
  readonly password: string
  readonly database: string
  /** Encrypted, with the server's certificate verified. */
  readonly tls: boolean
}

const MYSQL_PORT = 3306

/**
 * Reads where MySQL is: Go driver notation (`user:pass@tcp(host:3306)/db?parseTime=true`, `user@unix(/path)/db`) or a `mysql://` URL
 * (percent-encoded). In Go notation a password may hold `@`, `:` and `/`, so the address starts at the last `@tcp(`. Of the parameters only
 * those on encryption mean something: `tls` (and in a URL `ssl-mode`, `sslmode`, `ssl`); any value but an off one verifies the certificate.
 *
 * @returns `undefined` when the text is neither
 * @see https://github.com/go-sql-driver/mysql#dsn-data-source-name
 */
export function parseDsn(text: string): MysqlAccount | undefined {
  return /^mysql:\/\//i.test(text) ? parseUrl(text) : parseGoDsn(text)
}

function parseGoDsn(text: string): MysqlAccount | undefined {
  const at = Math.max(text.lastIndexOf('@tcp('), text.lastIndexOf('@unix('))
  if (at < 0) return undefined
  const address = /^@(?<net>tcp|unix)\((?<where>[^)]+)\)\/(?<database>[^?/]+)(?:\?(?<parameters>.*))?$/.exec(
    text.slice(at),
  )?.groups
  const [user = '', ...password] = text.slice(0, at).split(':')
  if (address?.where === undefined || address.database === undefined || user === '') return undefined
  const tls = isTls(new URLSearchParams(address.parameters))
  const common = { user, password: password.join(':'), database: address.database, tls }
  if (address.net === 'unix') return { ...common, host: 'localhost', port: MYSQL_PORT, socketPath: address.where }
  const place = hostAndPort(address.where)
  return place && { ...common, ...place, socketPath: undefined }
}

function parseUrl(text: string): MysqlAccount | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const place = hostAndPort(url.host)
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decoded)
  if (place === undefined || !user || !database || password === undefined || database.includes('/') || url.hash !== '')
    return undefined
  return { ...place, socketPath: undefined, user, password, database, tls: isTls(url.searchParams) }
}

function hostAndPort(where: string): { host: string; port: number } | undefined {
  const match = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<name>[^:\s[\]@]+))(?::(?<port>\d{1,5}))?$/.exec(where)?.groups
  const host = match?.v6 ?? match?.name
  const port = Number(match?.port ?? MYSQL_PORT)
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** A word for encryption that we do not know must not end in a connection without it, so only the words for "off" turn it off. */
function isTls(parameters: URLSearchParams): boolean {
  return ['tls', 'ssl-mode', 'sslmode', 'ssl'].some((name) => {
    const value = parameters.get(name)?.toLowerCase()
    return value !== undefined && !['', '0', 'false', 'disabled', 'disable'].includes(value)
  })
}
