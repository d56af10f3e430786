import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { keyId } from './load-key.ts'

export type GeneratedKey = {
  /** PKCS#8. Secret. */
  readonly privateKeyPem: string
  /** SPKI. What verifiers need. */
  readonly publicKeyPem: string
  readonly keyId: string
}

/** Makes an RSA key pair. 3072 bits unless asked otherwise: licenses are verified for many years (NIST SP 800-57 part 1, table 4). */
export async function generateSigningKey(
  options: { readonly modulusLength?: 2048 | 3072 | 4096 | undefined } = {},
): Promise<GeneratedKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: options.modulusLength ?? 3072,
    publicExponent: 65_537,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privateKeyPem: privateKey, publicKeyPem: publicKey, keyId: keyId(publicKey) }
}
