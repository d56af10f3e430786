import { decodeBase64 } from './base64.ts'
import { MalformedLicenseError } from './malformed-license-error.ts'
import { findPem } from './pem-text.ts'
import { SigningKeyError } from './signing-key-error.ts'

const MIN_MODULUS_BITS = 2048
const MIN_EXPONENT = 65_537n
/** AlgorithmIdentifier of rsaEncryption, RFC 3279 2.3.1: the OID and NULL. Keys restricted to PSS have another OID. */
const RSA_ENCRYPTION = '300d06092a864886f70d0101010500'

const TAG = { integer: 0x02, bitString: 0x03, sequence: 0x30, explicit0: 0xa0 } as const

type Element = { readonly tag: number; readonly from: number; readonly content: number; readonly to: number }

/**
 * The SubjectPublicKeyInfo (DER) of an RSA public key, from PEM: SPKI (`PUBLIC KEY`), PKCS#1 (`RSA PUBLIC KEY`) or an X.509 certificate. A
 * certificate is only the wrapping of its key: neither its dates nor its signature are checked. Pure, so that Node and WebCrypto accept the
 * same keys, in whatever form people have them (`findPem`).
 *
 * @throws SigningKeyError for anything else, for a private key, below 2048 bits, for an exponent below 65537
 */
export function readPublicKeyPem(pem: string): Uint8Array<ArrayBuffer> {
  const found = findPem(pem, 'public')
  if ('problem' in found) throw new SigningKeyError(found.problem.code, `the public key ${found.problem.says}`)
  const { label, base64 } = found.block
  const spki = asSpki(label, decodeBody(base64))
  assertStrongRsa(spki)
  return spki
}

function asSpki(label: string, der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (label === 'CERTIFICATE') return spkiOfCertificate(der)
  if (label === 'PUBLIC KEY') return der
  // PKCS#1 is what the bit string of a SubjectPublicKeyInfo holds, RFC 3279 2.3.1.
  const algorithm = Uint8Array.from(RSA_ENCRYPTION.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  return element(TAG.sequence, [...algorithm, ...element(TAG.bitString, [0, ...der])])
}

/** One tag, length, value, with the length in its shortest form. */
function element(tag: number, content: readonly number[]): Uint8Array<ArrayBuffer> {
  const length = hex(Uint8Array.of(content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff)).replace(
    /^(?:00)+/,
    '',
  )
  const bytes = Uint8Array.from(length.match(/../g) ?? ['00'], (digits) => Number.parseInt(digits, 16))
  return Uint8Array.of(tag, ...(content.length < 0x80 ? [] : [0x80 + bytes.length]), ...bytes, ...content)
}

/**
 * Checks a SubjectPublicKeyInfo for the rules above.
 *
 * @throws SigningKeyError
 */
export function assertStrongRsa(spki: Uint8Array): void {
  const [algorithm, key] = children(spki, only(spki, 0, spki.length, TAG.sequence))
  if (algorithm === undefined || key?.tag !== TAG.bitString) throw unreadable('not a SubjectPublicKeyInfo')
  if (hex(spki.subarray(algorithm.from, algorithm.to)) !== RSA_ENCRYPTION)
    throw new SigningKeyError('not_rsa', 'the key is not an RSA key, or an RSA key for PSS only; a plain RSA key is needed')
  // The first content byte of a bit string counts unused bits; a key has none.
  if (spki[key.content] !== 0) throw unreadable('not a SubjectPublicKeyInfo')
  const [modulus, exponent, ...more] = children(spki, only(spki, key.content + 1, key.to, TAG.sequence))
  if (modulus === undefined || exponent === undefined || more.length > 0) throw unreadable('not an RSA public key')
  const bits = positiveInteger(spki, modulus).toString(2).length
  if (bits < MIN_MODULUS_BITS)
    throw new SigningKeyError('modulus_too_short', `the key has ${bits} bits; at least ${MIN_MODULUS_BITS} are required`)
  if (positiveInteger(spki, exponent) < MIN_EXPONENT) {
    throw new SigningKeyError('exponent_too_small', `the key's public exponent is below ${MIN_EXPONENT}`)
  }
}

/** RFC 5280 4.1: version (optional), serial number, signature algorithm, issuer, validity, subject, subjectPublicKeyInfo. */
function spkiOfCertificate(der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [tbs] = children(der, only(der, 0, der.length, TAG.sequence))
  if (tbs?.tag !== TAG.sequence) throw unreadable('not a certificate')
  const parts = children(der, tbs)
  const spki = parts[parts[0]?.tag === TAG.explicit0 ? 6 : 5]
  if (spki === undefined) throw unreadable('not a certificate')
  return der.slice(spki.from, spki.to)
}

function decodeBody(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return decodeBase64(base64, 'key')
  } catch (error) {
    if (!(error instanceof MalformedLicenseError)) throw error
    throw unreadable(error.message)
  }
}

/** The element that fills `from` to `to` exactly. */
function only(der: Uint8Array, from: number, to: number, tag: number): Element {
  const element = readElement(der, from, to)
  if (element.tag !== tag || element.to !== to) throw unreadable('unexpected DER')
  return element
}

function children(der: Uint8Array, parent: Element): Element[] {
  const found: Element[] = []
  for (let at = parent.content; at < parent.to; at = found.at(-1)?.to ?? parent.to) found.push(readElement(der, at, parent.to))
  return found
}

/** One tag, length, value. Lengths must be in their shortest form: another spelling of the same key would have another key id. */
function readElement(der: Uint8Array, from: number, end: number): Element {
  const tag = der[from]
  const first = der[from + 1]
  if (tag === undefined || first === undefined || from + 2 > end) throw unreadable('truncated DER')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const content = from + 2 + lengthBytes
  if (first === 0x80 || lengthBytes > 3 || content > end) throw unreadable('unexpected DER length')
  const length = lengthBytes === 0 ? first : der.subarray(from + 2, content).reduce((sum, byte) => sum * 256 + byte, 0)
  const shortest = length < 0x80 ? 0 : Math.ceil(length.toString(16).length / 2)
  if (lengthBytes !== shortest || content + length > end) throw unreadable('unexpected DER length')
  return { tag, from, content, to: content + length }
}

function positiveInteger(der: Uint8Array, element: Element): bigint {
  const bytes = der.subarray(element.content, element.to)
  const [first = 0x80, second = 0] = bytes
  const padded = first === 0 && second < 0x80
  if (element.tag !== TAG.integer || first >= 0x80 || padded) throw unreadable('unexpected DER integer')
  return BigInt(`0x${hex(bytes)}`)
}

/** Lower-case hex digits of bytes. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unreadable(why: string): SigningKeyError {
  return new SigningKeyError('unreadable_key', `cannot read the public key: ${why}`)
}
