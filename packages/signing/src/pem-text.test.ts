import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Workbench } from '../test/openssl.ts'
import { loadSigningKey, loadVerificationKey } from './node/load-key.ts'
import { SigningKeyError } from './signing-key-error.ts'
import * as web from './web.ts'

const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem })
const expected = loadVerificationKey(publicKey).keyId

let bench: Workbench
beforeAll(() => {
  bench = new Workbench()
  bench.write('key.pem', privateKey)
  bench.write('ec.pem', ec.privateKey)
  bench.openssl('rsa -in key.pem -traditional -out pkcs1.pem')
  bench.openssl('rsa -in key.pem -traditional -aes256 -passout pass:secret -out encrypted1.pem')
  bench.openssl('pkey -in key.pem -aes256 -passout pass:secret -out encrypted8.pem')
  bench.openssl('req -new -x509 -key key.pem -subj /CN=leaf -days 1 -out cert.pem')
  bench.openssl('req -new -key key.pem -subj /CN=leaf -out request.pem')
  bench.openssl('ec -in ec.pem -out sec1.pem')
})
afterAll(() => bench[Symbol.dispose]())

/** What happens to a key on its way. */
const ways: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with old Mac line ends', (text) => text.replaceAll('\n', '\r')],
  ['with a byte order mark', (text) => `\uFEFF${text}`],
  ['indented', (text) => text.replaceAll(/^/gm, '  ')],
  ['with trailing blanks', (text) => text.replaceAll(/$/gm, ' \t')],
  ['with line breaks written as \\n', (text) => text.replaceAll('\n', '\\n')],
  ['with line breaks written as \\r\\n', (text) => text.replaceAll('\n', '\\r\\n')],
  ['with its line breaks turned into blanks', (text) => text.trim().replaceAll('\n', ' ')],
  ['in quotes', (text) => `"${text.replaceAll('\n', '\\n')}"`],
  ['behind a comment', (text) => `# production, from the ENCRYPTED backup\n${text}`],
  [
    'among bag attributes',
    (text) => `Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n${text}\nsubject=CN=leaf\n`,
  ],
]

describe.each(ways)('a key %s', (_way, changed) => {
  test('is the same key', async () => {
    expect(loadSigningKey({ privateKeyPem: changed(privateKey) }).keyId).toBe(expected)
    expect(loadSigningKey({ privateKeyPem: changed(bench.read('pkcs1.pem')), publicKeyPem: changed(publicKey) }).keyId).toBe(
      expected,
    )
    for (const text of [publicKey, bench.read('cert.pem')]) {
      expect(loadVerificationKey(changed(text)).keyId).toBe(expected)
      expect(await web.keyId(changed(text))).toBe(expected)
    }
  })
})

test('a private key beside its certificate is found', () => {
  expect(loadSigningKey({ privateKeyPem: bench.read('cert.pem') + privateKey }).keyId).toBe(expected)
})

const refusals: readonly (readonly [string, 'private' | 'public', () => string, string, RegExp])[] = [
  ['encrypted, PKCS#8', 'private', () => bench.read('encrypted8.pem'), 'encrypted_key', /is encrypted.*openssl pkey -in/],
  ['encrypted, PKCS#1', 'private', () => bench.read('encrypted1.pem'), 'encrypted_key', /is encrypted.*openssl pkey -in/],
  ['an EC key, SEC 1', 'private', () => bench.read('sec1.pem'), 'not_rsa', /EC .*openssl genpkey/],
  ['an EC key, PKCS#8', 'private', () => ec.privateKey, 'not_rsa', /EC .*not an RSA key/],
  [
    'an OpenSSH key',
    'private',
    () => privateKey.replaceAll('PRIVATE KEY', 'OPENSSH PRIVATE KEY'),
    'unreadable_key',
    /OpenSSH.*ssh-keygen -p -m PEM/,
  ],
  ['a certificate', 'private', () => bench.read('cert.pem'), 'unreadable_key', /is a certificate/],
  ['a public key', 'private', () => publicKey, 'unreadable_key', /is a public key/],
  ['two private keys', 'private', () => privateKey + bench.read('pkcs1.pem'), 'unreadable_key', /holds 2/],
  ['a key that was cut', 'private', () => privateKey.slice(0, -40), 'unreadable_key', /cut off/],
  ['a path', 'private', () => '/run/secrets/key.pem', 'unreadable_key', /must be an RSA private key in PEM form/],
  ['a private key', 'public', () => privateKey, 'private_key_refused', /is a private key.*-pubout/],
  ['a private key that was cut', 'public', () => privateKey.slice(0, -40), 'private_key_refused', /is a private key/],
  [
    'a private key behind its certificate',
    'public',
    () => bench.read('cert.pem') + privateKey,
    'private_key_refused',
    /is a private key/,
  ],
  ['a chain of certificates', 'public', () => bench.read('cert.pem') + bench.read('cert.pem'), 'unreadable_key', /holds 2/],
  ['a certificate request', 'public', () => bench.read('request.pem'), 'unreadable_key', /is a certificate request/],
  ['an OpenSSH key', 'public', () => 'ssh-rsa AAAAB3NzaC1yc2E ops@host', 'unreadable_key', /ssh-keygen -e -m PKCS8/],
  ['binary', 'public', () => '0\u0082\u0001"0\r\u0006\t*', 'unreadable_key', /DER.*openssl pkey -inform DER/],
  ['something else', 'public', () => publicKey.replace('MIIB', '§§§§'), 'unreadable_key', /is damaged/],
]
test.each(refusals)('%s in the %s slot is refused with what it is and what to do', (_what, slot, given, code, says) => {
  const load = () => (slot === 'private' ? loadSigningKey({ privateKeyPem: given() }) : loadVerificationKey(given()))
  expect(load).toThrow(SigningKeyError)
  expect(load).toThrow(expect.objectContaining({ code, message: expect.stringMatching(says) }))
})
