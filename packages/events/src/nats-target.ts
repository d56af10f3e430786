import type { ConnectionOptions } from 'nats'

export interface NatsTarget {
  /** `host:port`, without credentials: fit for logs and errors. */
  readonly address: string
  readonly options: Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls'>
}

/**
 * Reads a NATS URL: `nats://host:4222`, `tls://host:4222` (a server without TLS is then refused), `user:password@` or `token@` before the host.
 *
 * @returns undefined when it is no such URL; an error of the URL parser would carry the credentials
 */
export function readNatsUrl(url: string): NatsTarget | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host, username, password } = new URL(url)
  if ((protocol !== 'nats:' && protocol !== 'tls:') || host === '') return undefined
  return {
    address: host,
    options: {
      servers: host,
      ...(protocol === 'tls:' ? { tls: {} } : {}),
      ...(username !== '' && password !== '' ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}),
      ...(username !== '' && password === '' ? { token: decodeURIComponent(username) } : {}),
    },
  }
}
