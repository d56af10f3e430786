import { randomBytes, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aPayload, aSigningKey, at } from '../../test/builders.ts'
import { formatEnvelope } from '../envelope.ts'
import type { VerifyOptions } from '../verdict.ts'
import * as web from '../web.ts'
import { signLicense } from './sign-license.ts'
import { verifyLicense } from './verify-license.ts'

const key = await aSigningKey()
const webKey = await web.loadVerificationKey(key.publicKeyPem)
const license = await signLicense(aPayload(), key)
const options: VerifyOptions = { now: at('2026-06-01T00:00:00Z') }

const verdicts = async (text: string) => [
  verifyLicense(text, key, options).status,
  (await web.verifyLicense(text, webKey, options)).status,
]

describe('forgery', () => {
  test('no flipped bit of payload or signature, and no flipped bit of the key id, is accepted', () => {
    const payload = Buffer.from(license.payloadB64, 'base64')
    const signature = Buffer.from(license.signatureB64, 'base64')
    const id = Buffer.from(license.keyId, 'hex')
    for (const bytes of [payload, signature, id]) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const mask = 0x80 >> (bit & 7)
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ mask
        const text = formatEnvelope({
          keyId: id.toString('hex'),
          payloadB64: payload.toString('base64'),
          signatureB64: signature.toString('base64'),
        })
        expect(verifyLicense(text, key, options).status).toBe(bytes === id ? 'unknown_key' : 'bad_signature')
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ mask
      }
    }
  })

  test('of the 16 spellings of the last character of a signature exactly one is accepted', async () => {
    const stem = license.signatureB64.slice(0, -3)
    const last = license.signatureB64.at(-3) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const first = alphabet.indexOf(last) & ~15
    const spellings = [...alphabet.slice(first, first + 16)].map((character) => `${stem}${character}==`)
    // Node's decoder takes all 16 for the same signature; that is what must not happen here.
    expect(new Set(spellings.map((spelling) => Buffer.from(spelling, 'base64').toString('hex'))).size).toBe(1)
    for (const signatureB64 of spellings) {
      const expected = signatureB64 === license.signatureB64 ? 'valid' : 'malformed'
      expect(await verdicts(formatEnvelope({ ...license, signatureB64 }))).toEqual([expected, expected])
    }
  })

  test('a changed text is refused, whatever changed', async () => {
    const position = fc.nat({ max: license.text.length })
    const change = fc.record({
      from: position,
      length: fc.nat({ max: 80 }),
      insert: fc.string({ unit: 'binary', maxLength: 80 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const text = changes.reduce(
          (old, { from, length, insert }) => old.slice(0, from) + insert + old.slice(from + length),
          license.text,
        )
        // CRLF and trailing blank lines are the tolerated differences.
        fc.pre(`${text.replaceAll('\r\n', '\n').replace(/\n*$/, '')}\n` !== license.text || !text.endsWith('\n'))
        const [node, browser] = await verdicts(text)
        expect(node).not.toBe('valid')
        expect(browser).toBe(node)
      }),
      { numRuns: 3000 },
    )
  })

  test('any text at all gets a verdict, the same from both verifiers', async () => {
    const lines = fc.array(fc.oneof(fc.base64String({ maxLength: 64 }), fc.string({ unit: 'binary' })), { maxLength: 6 })
    const armoured = lines.map((body) => `-----BEGIN LICENSE-----\n${body.join('\n')}\n-----END LICENSE-----\n`)
    const inner = fc
      .tuple(fc.constantFrom(key.keyId, 'f'.repeat(64)), fc.base64String(), fc.base64String())
      .map(([keyId, payloadB64, signatureB64]) => formatEnvelope({ keyId, payloadB64, signatureB64 }))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), armoured, inner), async (text) => {
        const [node, browser] = await verdicts(text)
        expect(['malformed', 'unknown_key', 'bad_signature']).toContain(node)
        expect(browser).toBe(node)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([[undefined], [null], [1], [{}], [Buffer.from(license.text)]])('what is not text is malformed: %s', (input) => {
    // Reflect.apply stands for a JavaScript caller, who has no compiler to stop this.
    expect(Reflect.apply(verifyLicense, undefined, [input, key])).toMatchObject({ status: 'malformed' })
  })

  test('random payloads under a good signature get a verdict', async () => {
    for (const size of [0, 1, 100]) {
      const bytes = randomBytes(size)
      const signatureB64 = sign('sha256', bytes, key.privateKey).toString('base64')
      const text = formatEnvelope({ keyId: key.keyId, payloadB64: bytes.toString('base64'), signatureB64 })
      expect(await verdicts(text)).toEqual(['malformed', 'malformed'])
    }
  })
})

describe('what a verdict carries', () => {
  test('the license, where its signature is good; never otherwise', () => {
    const good = verifyLicense(license.text, key, options)
    expect(good).toMatchObject({ status: 'valid', inGrace: false, keyId: key.keyId, license: aPayload() })
    for (const changed of [
      { expectedProductKey: 'x' },
      { expectedDomain: 'x.test' },
      { now: at('2025-01-01T00:00:00Z') },
      { now: at('2030-01-01T00:00:00Z') },
    ]) {
      expect(verifyLicense(license.text, key, { ...options, ...changed })).toHaveProperty(
        'license.licenseId',
        aPayload().licenseId,
      )
    }
    for (const [text, keys] of [
      ['', key],
      [license.text, []],
      [formatEnvelope({ ...license, signatureB64: '' }), key],
    ] as const) {
      expect(verifyLicense(text, keys, options)).not.toHaveProperty('license')
    }
  })

  test('the clock and why it cannot be right', () => {
    expect(verifyLicense(license.text, key, { now: at('2025-12-31T23:59:59Z') })).toMatchObject({
      status: 'not_yet_valid',
      reason: 'clock_before_issue',
      clock: '2025-12-31T23:59:59.000Z',
    })
  })

  test('a clock within the tolerance passes, one beyond it does not', () => {
    const statusAt = (now: string) => verifyLicense(license.text, key, { now: at(now), clockToleranceSeconds: 5 }).status
    expect([statusAt('2025-12-31T23:59:55Z'), statusAt('2025-12-31T23:59:54.999Z')]).toEqual(['valid', 'not_yet_valid'])
  })

  test('the tolerance does not prolong the license', () => {
    expect(verifyLicense(license.text, key, { now: at('2027-01-01T00:00:00Z'), clockToleranceSeconds: 5 }).status).toBe('expired')
  })

  test('without a clock of the caller the host clock counts', async () => {
    const year = new Date().getUTCFullYear()
    const fresh = await signLicense(
      aPayload({ issuedAt: `${year - 1}-01-01T00:00:00Z`, expiresAt: `${year + 2}-01-01T00:00:00Z` }),
      key,
    )
    expect(verifyLicense(fresh.text, key).status).toBe('valid')
    const old = await signLicense(aPayload({ issuedAt: '2001-01-01T00:00:00Z', expiresAt: '2002-01-01T00:00:00Z' }), key)
    expect(verifyLicense(old.text, key).status).toBe('expired')
  })
})

describe('wrong options throw, before they can make a license valid', () => {
  test.each<[string, VerifyOptions]>([
    ['grace that is not a number', { graceDays: Number.NaN }],
    ['endless grace', { graceDays: Number.POSITIVE_INFINITY }],
    ['negative grace', { graceDays: -1 }],
    ['negative tolerance', { clockToleranceSeconds: -1 }],
    ['a clock that shows no time', { now: () => new Date(Number.NaN) }],
    ['a last-seen time that is none', { lastSeenAt: new Date('yesterday') }],
    ['a blank domain', { expectedDomain: ' . ' }],
  ])('%s', async (_name, wrong) => {
    expect(() => verifyLicense(license.text, key, { ...options, ...wrong })).toThrow(TypeError)
    await expect(web.verifyLicense(license.text, webKey, { ...options, ...wrong })).rejects.toThrow(TypeError)
  })
})
