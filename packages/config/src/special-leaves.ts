import { isIP } from 'node:net'
import { cronSchedule } from './cron.ts'
import { parseDsn } from './dsn.ts'
import { leaf, readDivided, readText, readTextLike, Wrong } from './leaf.ts'
import { isMap } from './read-yaml.ts'
import { Secret } from './secret.ts'

const MIN_SECRET_BYTES = 32
/** A random secret of 32 characters has more kinds of them even in hexadecimal. */
const MIN_KINDS = 8
const LONGEST_REPEATED = 15

/** HS256 wants a key of at least 32 bytes (RFC 7518 §3.2), and a PEM here would be a public key posing as a shared secret. */
export const jwtSecret = leaf((value) => {
  if (typeof value !== 'string') return new Wrong('must be text')
  // White space around it counts for the signature, because the identity service may use it as it is, and not for the length.
  const inside = value.trim()
  if (Buffer.byteLength(inside) < MIN_SECRET_BYTES) return new Wrong(`must have at least ${MIN_SECRET_BYTES} bytes`)
  if (value.includes('-----BEGIN')) return new Wrong('must be a shared secret, not a key in PEM form')
  return new Set(inside).size < MIN_KINDS || repeatsItself(inside)
    ? new Wrong('must be hard to guess: one made by `openssl rand -base64 32` is')
    : new Secret(value)
})

/** True for a short text said again and again: moved by its length, the whole is the same. */
function repeatsItself(text: string): boolean {
  const shifts = Array.from({ length: LONGEST_REPEATED }, (_, index) => index + 1)
  return shifts.some((shift) => text.slice(shift) === text.slice(0, -shift))
}

/** Signatures that an identity provider's public keys may verify. HS256 is not among them: a public key must never be a shared secret. */
export const JWKS_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const
export type JwksAlgorithm = (typeof JWKS_ALGORITHMS)[number]

/** Pinned by configuration: a token never chooses beyond this list. */
export const jwksAlgorithms = leaf((value) => {
  const wrong = new Wrong(`must be a list of ${JWKS_ALGORITHMS.join(', ')}`)
  const named = readDivided(/[\s,]+/)(value)
  if (named instanceof Wrong || named.length === 0) return wrong
  const known = named.map((name) => JWKS_ALGORITHMS.find((algorithm) => algorithm.toLowerCase() === name.toLowerCase()))
  return known.every((algorithm) => algorithm !== undefined) ? [...new Set(known)] : wrong
})

/** Addresses and ranges (`10.0.0.0/8`) of the reverse proxies in front; what they say about a client's address is believed. */
export const proxies = leaf((value) => {
  const wrong = new Wrong('must be a list of IP addresses or ranges such as 10.0.0.0/8')
  const named = readDivided(/[\s,]+/)(value)
  if (named instanceof Wrong) return wrong
  return named.every(isAddressRange) ? named : wrong
})

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const most = isIP(address) === 6 ? 128 : 32
  return isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
}

/** As Stripe writes them. What stands behind the prefix is Stripe's. */
const WEBHOOK_SECRET = /^whsec_[\w+/=-]+$/

/** One endpoint secret, or several while one is being rolled. */
export const webhookSecrets = leaf((value) => {
  const blank = Array.isArray(value) && value.some((part) => typeof part === 'string' && part.trim() === '')
  const parts = readDivided(/[\s,]+/)(value)
  if (parts instanceof Wrong) return new Wrong('must be text or a list of text')
  if (parts.length === 0 || blank) return new Wrong('must not be empty')
  return parts.every((part) => WEBHOOK_SECRET.test(part))
    ? parts.map((part) => new Secret(part))
    : new Wrong('must be an endpoint secret such as whsec_…, or several divided by commas')
})

export const scopes = leaf((value) => {
  const wrong = new Wrong('must be a map of scope to true or false')
  if (!isMap(value)) return wrong
  const entries = Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean')
  return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : wrong
})

/** Credentials are allowed in it, hence a secret as a whole. */
export const natsUrl = leaf((value) => {
  const wrong = new Wrong('must be a nats:// or tls:// URL, such as nats://localhost:4222')
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return wrong
  const { protocol, hostname, pathname, search, hash } = new URL(value.trim())
  const plain = (pathname === '' || pathname === '/') && search === '' && hash === ''
  return (protocol === 'nats:' || protocol === 'tls:') && hostname !== '' && plain ? new Secret(value.trim()) : wrong
})

export const subject = leaf(
  readTextLike({
    max: 200,
    pattern: /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/,
    message: 'must be a NATS subject without wildcards',
  }),
)

export const mysqlAccount = leaf((value) => {
  const account = typeof value === 'string' ? parseDsn(value.trim()) : undefined
  if (account === undefined)
    return new Wrong('must be user:password@tcp(host:port)/database or mysql://user:password@host:port/database')
  return { ...account, password: new Secret(account.password) }
})

export const cron = leaf((value) => {
  const written = readText(value)
  return written instanceof Wrong || cronSchedule(written) === undefined
    ? new Wrong('must be a cron expression of five fields')
    : written
})

/** As `cron`, or empty for never. */
export const optionalCron = leaf((value) => {
  const written = readText(value)
  return written instanceof Wrong || !(written === '' || cronSchedule(written) !== undefined)
    ? new Wrong('must be a cron expression of five fields, or empty')
    : written
})
