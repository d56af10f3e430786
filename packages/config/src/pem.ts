import { findPem, formatPem, type KeySlot } from '@licenseoperator/signing'
import { type Read, Wrong } from './leaf.ts'
import { Secret } from './secret.ts'

const BLOCK = /^-----BEGIN (?<label>[A-Z0-9 ]+)-----\r?\n[A-Za-z0-9+/=\s]+-----END \k<label>-----$/

/** One private key in PEM form. Only the form: signing loads it and judges algorithm and size. */
export const readPrivatePem: Read<Secret> = (value) => {
  const pem = readPem(value, 'private')
  return pem instanceof Wrong ? pem : new Secret(pem)
}

/** One public key or certificate in PEM form. */
export const readPublicPem: Read<string> = (value) => readPem(value, 'public')

/** Certificates in PEM form, one after the other: authorities, or a certificate with those that issued it. */
export const readCertificates: Read<string> = (value) => {
  const blocks =
    typeof value === 'string'
      ? ended(value)
          .split(/(?<=-----END [A-Z0-9 ]+-----)/)
          .filter((part) => part.trim() !== '')
      : []
  const read = blocks.map(readBlock)
  if (read.some((block) => block?.label.endsWith('PRIVATE KEY')))
    return new Wrong('is a private key, where a certificate belongs')
  const certificates = read.filter((block) => block?.label === 'CERTIFICATE').map((block) => block?.text ?? '')
  return certificates.length > 0 && certificates.length === read.length
    ? certificates.join('')
    : new Wrong('must be certificates in PEM form')
}

/** The private key of a client certificate, of whatever algorithm. */
export const readClientKey: Read<Secret> = (value) => {
  const block = readBlock(value)
  if (block?.label === 'ENCRYPTED PRIVATE KEY') return new Wrong('is encrypted; an unencrypted private key is needed')
  return block?.label.endsWith('PRIVATE KEY') ? new Secret(block.text) : new Wrong('must be a private key in PEM form')
}

function readBlock(value: unknown): { label: string; text: string } | undefined {
  if (typeof value !== 'string') return undefined
  // Indented block text in YAML may keep spaces in front of lines.
  const text = ended(value)
    .replaceAll(/^[ \t]+|[ \t]+$/gm, '')
    .trim()
  const label = BLOCK.exec(text)?.groups?.label
  return label === undefined ? undefined : { label, text: `${text}\n` }
}

/** The certificates and keys that MySQL makes for itself end with a NUL. */
function ended(text: string): string {
  return text.replace(/\0+\s*$/, '')
}

/** Which forms of a key are taken is one rule, signing's. */
function readPem(value: unknown, slot: KeySlot): string | Wrong {
  const found = findPem(value, slot)
  return 'problem' in found ? new Wrong(found.problem.says) : formatPem(found.block)
}
