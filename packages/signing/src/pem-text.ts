import type { SigningKeyErrorCode } from './signing-key-error.ts'

// What people have when they say "the key": a file from another system, an environment variable, something pasted into YAML. Where only one key can
// be meant it is taken; everything else is refused with what it is and what to do. Pure, and it never repeats the text, which may be a secret.

/** Which half of a key pair is wanted. */
export type KeySlot = 'private' | 'public'

/** The one block that counts. `base64` has no white space. */
export type PemBlock = { readonly label: string; readonly base64: string }

/** Why a text holds no usable key, as the end of a sentence: `is encrypted; …`. */
export type PemProblem = { readonly code: SigningKeyErrorCode; readonly says: string }

/** Longer than any key with its certificates; the search for blocks is bounded by it. */
const MAX_LENGTH = 256 * 1024
const BLOCK = /^[ \t]*-----BEGIN (?<label>[A-Z0-9 ]+)-----(?<body>[\s\S]*?)-----END \k<label>-----[ \t]*$/gm
const wanted: Readonly<Record<KeySlot, readonly string[]>> = {
  private: ['PRIVATE KEY', 'RSA PRIVATE KEY'],
  public: ['PUBLIC KEY', 'RSA PUBLIC KEY', 'CERTIFICATE'],
}

/**
 * Finds the key in a text. A byte order mark, CRLF, blanks around lines, comments around the block, line breaks written as `\n` or lost
 * altogether (environment variables), quotes around all of it and, beside a private key, its certificates do not matter.
 *
 * @returns the block, or what is wrong
 */
export function findPem(input: unknown, slot: KeySlot): { readonly block: PemBlock } | { readonly problem: PemProblem } {
  const text = typeof input === 'string' && input.length <= MAX_LENGTH ? unwrapped(input) : ''
  const blocks = [...text.matchAll(BLOCK)].map(({ groups }) => readBlock(groups?.label ?? '', groups?.body ?? ''))
  const problem = problemOf(slot, blocks) ?? (blocks.length === 0 ? problemOfText(slot, text) : undefined)
  if (problem !== undefined) return { problem }
  const found = blocks.filter(({ label }) => wanted[slot].includes(label))
  const [block] = found
  if (found.length > 1) return unreadable(`holds ${found.length} keys or certificates; leave the one that is meant`)
  if (block === undefined) return { problem: anything(slot) }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(block.base64))
    return unreadable('is damaged: there is something else than base64 between its BEGIN and END lines')
  return { block }
}

/** The block as every reader takes it: 64 columns, one line feed each. */
export function formatPem({ label, base64 }: PemBlock): string {
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}

function unwrapped(text: string): string {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .trim()
    .replace(/^(?<quote>["'])(?<inside>[\s\S]*)\k<quote>$/, '$<inside>')
  // Line breaks that an environment variable or JSON could not hold. A backslash is in no key.
  return plain.replaceAll(/(?:\\r)?\\n/g, '\n')
}

type ReadBlock = PemBlock & { readonly encrypted: boolean }

function readBlock(label: string, body: string): ReadBlock {
  // Headers as OpenSSL wrote them before PKCS#8 (RFC 1421): `Proc-Type: 4,ENCRYPTED`, ended by a blank line.
  const headed = /^\s*[A-Za-z-]+:/.test(body)
  const data = headed ? (/\n[ \t]*\n(?<data>[\s\S]*)$/.exec(body)?.groups?.data ?? '') : body
  const encrypted = label === 'ENCRYPTED PRIVATE KEY' || (headed && /^\s*Proc-Type:.*ENCRYPTED/m.test(body))
  return { label, base64: data.replaceAll(/\s/g, ''), encrypted }
}

const MAKE_PUBLIC = 'its public half: openssl pkey -in key.pem -pubout'
const MAKE_RSA = 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out key.pem'

function problemOf(slot: KeySlot, blocks: readonly ReadBlock[]): PemProblem | undefined {
  const has = (...labels: string[]) => blocks.some(({ label }) => labels.includes(label))
  if (slot === 'public') {
    if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY')))
      return { code: 'private_key_refused', says: `is a private key, where a public one belongs; give ${MAKE_PUBLIC}` }
    if (has('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'))
      return {
        code: 'unreadable_key',
        says: 'is a certificate request; give the certificate or the public key (openssl req -in request.pem -noout -pubkey)',
      }
    return undefined
  }
  if (blocks.some(({ encrypted }) => encrypted))
    return {
      code: 'encrypted_key',
      says: 'is encrypted; store it decrypted, readable by its owner only: openssl pkey -in encrypted.pem -out key.pem',
    }
  if (has('EC PRIVATE KEY', 'DSA PRIVATE KEY'))
    return {
      code: 'not_rsa',
      says: `is ${has('EC PRIVATE KEY') ? 'an EC (elliptic curve)' : 'a DSA'} key and not an RSA key; make one: ${MAKE_RSA}`,
    }
  if (has(...wanted.private)) return undefined
  if (has('OPENSSH PRIVATE KEY'))
    return {
      code: 'unreadable_key',
      says: "is in OpenSSH's own format; convert a copy of it, if it is RSA: ssh-keygen -p -m PEM -N '' -f copy-of-key",
    }
  if (has('CERTIFICATE'))
    return { code: 'unreadable_key', says: 'is a certificate, which holds a public key; give the private key that belongs to it' }
  if (has('PUBLIC KEY', 'RSA PUBLIC KEY'))
    return { code: 'unreadable_key', says: 'is a public key, where the private one belongs' }
  return undefined
}

/** What a text without any whole block seems to be. */
function problemOfText(slot: KeySlot, text: string): PemProblem {
  const says = (why: string): PemProblem => ({ code: 'unreadable_key', says: why })
  if (/^ssh-[a-z0-9-]+ /.test(text))
    return says("is a public key in OpenSSH's own format; convert it, if it is RSA: ssh-keygen -e -m PKCS8 -f key.pub")
  if (slot === 'public' && /PRIVATE KEY-----/.test(text))
    return { code: 'private_key_refused', says: `is a private key, where a public one belongs; give ${MAKE_PUBLIC}` }
  if (/-----BEGIN /.test(text))
    return says('has a BEGIN line without its END line on lines of their own; something was cut off or added when it was copied')
  if (/^0[\u0080-\uFFFD]/.test(text))
    return says('is in DER, not in PEM; convert it: openssl pkey -inform DER -in key.der -out key.pem')
  return anything(slot)
}

function anything(slot: KeySlot): PemProblem {
  return slot === 'private'
    ? { code: 'unreadable_key', says: 'must be an RSA private key in PEM form (PKCS#1 or PKCS#8)' }
    : { code: 'unreadable_key', says: 'must be a public key (SPKI or PKCS#1) or certificate in PEM form' }
}

function unreadable(says: string): { problem: PemProblem } {
  return { problem: { code: 'unreadable_key', says } }
}
