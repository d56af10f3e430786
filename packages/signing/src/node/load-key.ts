import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { findPem, formatPem } from '../pem-text.ts'
import { assertStrongRsa, readPublicKeyPem } from '../public-key-pem.ts'
import { SigningKeyError } from '../signing-key-error.ts'

/** A public key that licenses can be checked with. Made by `loadVerificationKey`. */
export type VerificationKey = {
  readonly keyId: string
  readonly publicKey: KeyObject
  /** SPKI PEM, whatever form it was loaded from. */
  readonly publicKeyPem: string
}

/** A key pair that licenses can be signed with. Made by `loadSigningKey`. */
export type SigningKey = VerificationKey & { readonly privateKey: KeyObject }

/**
 * Loads a public key from PEM: SPKI (`PUBLIC KEY`), PKCS#1 (`RSA PUBLIC KEY`) or an X.509 certificate (used as a wrapping only: dates and
 * issuer are not checked).
 *
 * @throws SigningKeyError for a private key, for one that is not RSA, below 2048 bits, or with a public exponent below 65537
 */
export function loadVerificationKey(pem: string): VerificationKey {
  return verificationKey(readPublicKeyPem(pem))
}

/**
 * Loads a private key, PKCS#1 or PKCS#8 PEM, not encrypted.
 *
 * @param publicKeyPem  when given, must be the public half
 * @throws SigningKeyError as `loadVerificationKey`; `key_mismatch`; `encrypted_key`. Never holds key material
 */
export function loadSigningKey(pems: { readonly privateKeyPem: string; readonly publicKeyPem?: string | undefined }): SigningKey {
  const privateKey = readPrivateKey(pems.privateKeyPem)
  if (privateKey.asymmetricKeyType !== 'rsa') throw notRsa(privateKey.asymmetricKeyType)
  const spki = Uint8Array.from(spkiOf(createPublicKey(privateKey)))
  assertStrongRsa(spki)
  const key = verificationKey(spki)
  if (pems.publicKeyPem !== undefined && loadVerificationKey(pems.publicKeyPem).keyId !== key.keyId) {
    throw new SigningKeyError('key_mismatch', 'the public key does not belong to the private key')
  }
  return { ...key, privateKey }
}

/**
 * The name of a key: SHA-256 of its SubjectPublicKeyInfo in DER, as 64 lower-case hex digits.
 * The same as `openssl pkey -pubin -in public.pem -outform DER | sha256sum`.
 *
 * @param key  PEM as for `loadVerificationKey`, or a public KeyObject
 * @throws SigningKeyError as `loadVerificationKey`
 */
export function keyId(key: string | KeyObject): string {
  return typeof key === 'string' ? loadVerificationKey(key).keyId : fingerprint(checkedSpki(key))
}

function verificationKey(spki: Uint8Array): VerificationKey {
  const publicKey = readSpki(spki)
  return { keyId: fingerprint(spki), publicKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

function fingerprint(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest('hex')
}

function checkedSpki(key: KeyObject): Uint8Array {
  if (key.type !== 'public') throw new SigningKeyError('private_key_refused', 'a public key is expected')
  const spki = spkiOf(key)
  assertStrongRsa(spki)
  return spki
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function readSpki(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch {
    throw new SigningKeyError('unreadable_key', 'cannot read the public key')
  }
}

function readPrivateKey(pem: string): KeyObject {
  const found = findPem(pem, 'private')
  if ('problem' in found) throw new SigningKeyError(found.problem.code, `the private key ${found.problem.says}`)
  try {
    return createPrivateKey({ key: formatPem(found.block), format: 'pem' })
  } catch {
    // The reason OpenSSL gives is dropped: it may quote its input.
    throw new SigningKeyError('unreadable_key', 'cannot read the private key: its PEM form is right and its content is damaged')
  }
}

function notRsa(type: string | undefined): SigningKeyError {
  const is =
    type === 'rsa-pss' ? 'an RSA key for PSS only' : type === 'ec' ? 'an EC (elliptic curve) key' : `of type ${type ?? 'unknown'}`
  return new SigningKeyError('not_rsa', `the private key is ${is} and not an RSA key`)
}
