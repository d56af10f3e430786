import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from 'nats'

/** Text, or a configuration's secret, which is revealed only where it is used. */
export type Hidden = string | { reveal(): string }

/** Where NATS is, and who we are to it. */
export interface NatsAccess {
  /** `nats://` or `tls://`; user and password, or a token, may stand before the host. Never logged. */
  readonly url: Hidden
  /** The text of a credentials file. */
  readonly credentials?: Hidden | undefined
  /** The seed of an NKey. */
  readonly nkeySeed?: Hidden | undefined
  /** PEM: authorities, and a client certificate with its key. A server without TLS is then refused. */
  readonly tls?:
    | { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: Hidden | undefined }
    | undefined
}

export interface NatsTarget {
  /** `host:port`, without credentials: fit for logs and errors. */
  readonly address: string
  readonly options: Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls' | 'authenticator'>
}

const reveal = (text: Hidden): string => (typeof text === 'string' ? text : text.reveal())

/** What the client needs for this access. @returns undefined when the URL is none */
export function natsTarget({ url, credentials, nkeySeed, tls }: NatsAccess): NatsTarget | undefined {
  const target = readNatsUrl(reveal(url))
  if (target === undefined) return undefined
  // The client finds nothing in a credentials file whose last line does not end.
  const bytes = (text: Hidden, end = '') => new TextEncoder().encode(reveal(text).trim() + end)
  const options: NatsTarget['options'] = {
    ...target.options,
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(bytes(credentials, '\n')) }),
    ...(nkeySeed === undefined ? {} : { authenticator: nkeyAuthenticator(bytes(nkeySeed)) }),
    ...(tls === undefined ? {} : { tls: present({ ca: tls.ca, cert: tls.cert, key: tls.key && reveal(tls.key) }) }),
  }
  return { ...target, options }
}

function present(texts: Record<'ca' | 'cert' | 'key', string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined))
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
