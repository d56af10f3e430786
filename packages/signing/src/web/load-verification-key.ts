import { hex, readPublicKeyPem } from '../public-key-pem.ts'
import { SigningKeyError } from '../signing-key-error.ts'

/** A public key that licenses can be checked with. Made by `loadVerificationKey`. */
export type VerificationKey = { readonly keyId: string; readonly publicKey: CryptoKey }

/** As `loadVerificationKey` of the Node entry. @throws SigningKeyError */
export async function loadVerificationKey(pem: string): Promise<VerificationKey> {
  const spki = readPublicKeyPem(pem)
  return { keyId: await fingerprint(spki), publicKey: await importSpki(spki) }
}

/** As `keyId` of the Node entry, for PEM. @throws SigningKeyError */
export async function keyId(pem: string): Promise<string> {
  return fingerprint(readPublicKeyPem(pem))
}

async function fingerprint(spki: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', spki)))
}

async function importSpki(spki: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const { subtle } = crypto
  try {
    return await subtle.importKey('spki', spki, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['verify'])
  } catch {
    throw new SigningKeyError('unreadable_key', 'cannot read the public key')
  }
}
