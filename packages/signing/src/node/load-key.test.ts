import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Workbench } from '../../test/openssl.ts'
import { SigningKeyError } from '../signing-key-error.ts'
import * as web from '../web.ts'
import { generateSigningKey } from './generate-signing-key.ts'
import { keyId, loadSigningKey, loadVerificationKey } from './load-key.ts'

let bench: Workbench
beforeAll(() => {
  bench = new Workbench()
  bench.openssl('genrsa -out pkcs8.pem 2048')
  bench.openssl('rsa -in pkcs8.pem -traditional -out pkcs1.pem')
  bench.openssl('pkey -in pkcs8.pem -pubout -out spki.pem')
  bench.openssl('rsa -in pkcs8.pem -RSAPublicKey_out -out rsapublic.pem')
  bench.openssl('req -new -x509 -key pkcs8.pem -subj /CN=vendor/O=Vendor -days 1 -out cert.pem')
  bench.openssl('pkey -in pkcs8.pem -aes256 -passout pass:secret -out encrypted.pem')
  bench.openssl('rsa -in pkcs8.pem -traditional -aes256 -passout pass:secret -out encrypted1.pem')
  bench.openssl('genrsa -out other.pem 2048')
  bench.openssl('pkey -in other.pem -pubout -out other-spki.pem')
  bench.openssl('req -new -x509 -key other.pem -subj /CN=other -days 1 -out other-cert.pem')
})
afterAll(() => bench[Symbol.dispose]())

const code = (load: () => unknown): string | undefined => {
  try {
    load()
  } catch (error) {
    if (error instanceof SigningKeyError) return error.code
    throw error
  }
  return undefined
}
const webCode = (pem: string): Promise<string | undefined> =>
  web.loadVerificationKey(pem).then(
    () => undefined,
    (error: unknown) => (error instanceof SigningKeyError ? error.code : Promise.reject(error)),
  )

test('the key id is the SHA-256 of the SubjectPublicKeyInfo as openssl prints it, from every form of the key', async () => {
  const expected = bench.shell('openssl pkey -pubin -in spki.pem -outform DER | openssl dgst -sha256 -r').slice(0, 64)
  const spki = bench.read('spki.pem')
  expect(loadSigningKey({ privateKeyPem: bench.read('pkcs8.pem') }).keyId).toBe(expected)
  expect(loadSigningKey({ privateKeyPem: bench.read('pkcs1.pem') }).keyId).toBe(expected)
  expect(loadVerificationKey(spki).keyId).toBe(expected)
  expect(loadVerificationKey(bench.read('cert.pem')).keyId).toBe(expected)
  expect(loadVerificationKey(spki.replaceAll('\n', '\r\n')).keyId).toBe(expected)
  expect(loadVerificationKey(bench.read('rsapublic.pem')).keyId).toBe(expected)
  expect(await web.keyId(bench.read('rsapublic.pem'))).toBe(expected)
  expect(keyId(spki)).toBe(expected)
  expect(keyId(loadVerificationKey(spki).publicKey)).toBe(expected)
  expect(await web.keyId(spki)).toBe(expected)
  expect((await web.loadVerificationKey(bench.read('cert.pem'))).keyId).toBe(expected)
})

test('the public half is SPKI PEM, also when it came from a certificate', () => {
  expect(loadVerificationKey(bench.read('cert.pem')).publicKeyPem).toBe(bench.read('spki.pem'))
})

test('a public key or certificate given beside the private key must belong to it', () => {
  const privateKeyPem = bench.read('pkcs8.pem')
  for (const name of ['spki.pem', 'cert.pem'])
    expect(code(() => loadSigningKey({ privateKeyPem, publicKeyPem: bench.read(name) }))).toBeUndefined()
  for (const name of ['other-spki.pem', 'other-cert.pem']) {
    expect(code(() => loadSigningKey({ privateKeyPem, publicKeyPem: bench.read(name) }))).toBe('key_mismatch')
  }
})

describe('refused', () => {
  test('a private key where a public one is expected', async () => {
    for (const name of ['pkcs8.pem', 'pkcs1.pem', 'encrypted.pem', 'encrypted1.pem']) {
      expect(code(() => loadVerificationKey(bench.read(name)))).toBe('private_key_refused')
      expect(await webCode(bench.read(name))).toBe('private_key_refused')
    }
    expect(code(() => keyId(loadSigningKey({ privateKeyPem: bench.read('pkcs8.pem') }).privateKey))).toBe('private_key_refused')
    expect(code(() => loadSigningKey({ privateKeyPem: bench.read('pkcs8.pem'), publicKeyPem: bench.read('pkcs8.pem') }))).toBe(
      'private_key_refused',
    )
  })

  test('an encrypted private key', () => {
    for (const name of ['encrypted.pem', 'encrypted1.pem']) {
      expect(code(() => loadSigningKey({ privateKeyPem: bench.read(name) }))).toBe('encrypted_key')
    }
  })

  test('what is no key', async () => {
    const spki = bench.read('spki.pem')
    const cut = spki.replace(/\n.{64}\n/, '\n')
    const wrong = [
      '',
      'key',
      spki + spki,
      `x${spki}`,
      cut,
      spki.replaceAll('PUBLIC KEY', 'CERTIFICATE'),
      spki.replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY'),
    ]
    for (const pem of wrong) {
      expect(code(() => loadVerificationKey(pem))).toBe('unreadable_key')
      expect(await webCode(pem)).toBe('unreadable_key')
    }
    for (const privateKeyPem of ['', 'key', spki, bench.read('cert.pem'), bench.read('pkcs8.pem').replace(/\n.{64}\n/, '\n')]) {
      expect(code(() => loadSigningKey({ privateKeyPem }))).toBe('unreadable_key')
    }
  })

  test.each<[string, string, () => { publicKey: string; privateKey: string }]>([
    ['1024 bits', 'modulus_too_short', () => generateKeyPairSync('rsa', { modulusLength: 1024, ...pem })],
    ['2047 bits', 'modulus_too_short', () => generateKeyPairSync('rsa', { modulusLength: 2047, ...pem })],
    ['exponent 3', 'exponent_too_small', () => generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3, ...pem })],
    ['elliptic curve', 'not_rsa', () => generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem })],
    ['Ed25519', 'not_rsa', () => generateKeyPairSync('ed25519', pem)],
    ['RSA for PSS only', 'not_rsa', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...pem })],
  ])('%s', async (_name, expected, generate) => {
    const { publicKey, privateKey } = generate()
    expect(code(() => loadVerificationKey(publicKey))).toBe(expected)
    expect(await webCode(publicKey)).toBe(expected)
    expect(code(() => loadSigningKey({ privateKeyPem: privateKey }))).toBe(expected)
  })

  test('another DER spelling of a key, which would have another key id', async () => {
    // The outer length 0x0122 written in three bytes.
    const der = Buffer.from(bench.read('spki.pem').split('\n').slice(1, -2).join(''), 'base64')
    const longer = Buffer.concat([Buffer.from([0x30, 0x83, 0x00]), der.subarray(2)])
    const spelled = `-----BEGIN PUBLIC KEY-----\n${longer.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END PUBLIC KEY-----\n`
    expect(code(() => loadVerificationKey(spelled))).toBe('unreadable_key')
    expect(await webCode(spelled)).toBe('unreadable_key')
  })
})

const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const

test('key material is in no error and in no printed or serialised key', () => {
  const privateKeyPem = bench.read('pkcs8.pem')
  const secret = privateKeyPem.split('\n')[5] ?? ''
  expect(secret).toHaveLength(64)
  const key = loadSigningKey({ privateKeyPem })
  const printed = [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)]
  for (const broken of [
    privateKeyPem.replace(/\n.{64}\n/, '\n'),
    privateKeyPem.replace('BEGIN', 'BEGIN ENCRYPTED'),
    `${privateKeyPem}x`.slice(30),
  ]) {
    try {
      loadSigningKey({ privateKeyPem: broken })
      expect.unreachable()
    } catch (error) {
      printed.push(inspect(error, { depth: 9, showHidden: true }))
    }
  }
  for (const text of printed) expect(text).not.toContain(secret)
})

test('a generated key loads again, in each length', async () => {
  for (const modulusLength of [undefined, 2048, 3072, 4096] as const) {
    const generated = await generateSigningKey({ modulusLength })
    const key = loadSigningKey(generated)
    expect(key.keyId).toBe(generated.keyId)
    expect(key.privateKey.asymmetricKeyDetails).toEqual({ modulusLength: modulusLength ?? 3072, publicExponent: 65_537n })
  }
}, 60_000)
