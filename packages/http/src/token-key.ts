import { webcrypto } from 'node:crypto'

/** Length that RFC 7518 section 3.2 demands of an HS256 key, bytes. */
const MIN_SECRET_BYTES = 32
export const TOKEN_ALGORITHM = 'HS256'

/**
 * The shared secret as a key that can do HMAC-SHA-256 and nothing else.
 *
 * @throws RangeError for a secret below 32 bytes or one that is a PEM: a public key as HMAC secret is a known way to forge tokens
 */
export function tokenKey(secret: string | Uint8Array): () => Promise<webcrypto.CryptoKey> {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : Uint8Array.from(secret)
  if (bytes.length < MIN_SECRET_BYTES) throw new RangeError(`the token secret needs at least ${MIN_SECRET_BYTES} bytes`)
  if (Buffer.from(bytes).includes('-----BEGIN')) throw new RangeError('the token secret must not be a PEM')
  let key: Promise<webcrypto.CryptoKey> | undefined
  return () => {
    key ??= webcrypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
    return key
  }
}
