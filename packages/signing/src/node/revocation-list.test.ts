import { describe, expect, test } from 'vitest'
import { formatEnvelope, openEnvelope, revocationListForm } from '../envelope.ts'
import type { RevocationListPayload } from '../revocation-list.ts'
import * as web from '../web.ts'
import { createKeyRing } from './create-key-ring.ts'
import { generateSigningKey } from './generate-signing-key.ts'
import { loadSigningKey, loadVerificationKey } from './load-key.ts'
import { signLicense } from './sign-license.ts'
import { signRevocationList } from './sign-revocation-list.ts'
import { verifyLicense } from './verify-license.ts'
import { verifyRevocationList } from './verify-revocation-list.ts'

const pems = await generateSigningKey({ modulusLength: 2048 })
const key = loadSigningKey(pems)
const pinned = loadVerificationKey(pems.publicKeyPem)
const otherPems = await generateSigningKey({ modulusLength: 2048 })
const other = loadSigningKey(otherPems)

const payload: RevocationListPayload = {
  type: 'licenseoperator.revocations',
  v: 1,
  number: 7,
  issuedAt: '2026-11-23T12:00:00Z',
  productKeys: ['core'],
  revoked: [{ licenseId: 'L-1', revokedAt: '2026-11-01T00:00:00Z', reason: 'superseded', supersededBy: 'L-2' }],
}
const text = await signRevocationList(payload, key)
const license = (licenseId: string, productKey = 'core') =>
  signLicense(
    {
      v: 1,
      licenseId,
      group: 'acme',
      email: 'a@acme.example',
      productKey,
      plan: 'core',
      licenseType: 'manual',
      issuedAt: '2026-01-01T00:00:00Z',
      expiresAt: '2027-01-01T00:00:00Z',
      priceLocked: false,
    },
    key,
  )
const aLicense = (await license('L-1')).text
const now = () => new Date('2026-11-24T00:00:00Z')
function current() {
  const verdict = verifyRevocationList(text, pinned)
  if (verdict.status !== 'current') throw new Error(verdict.message)
  return verdict.list
}

describe('a license on the list', () => {
  test('is revoked, with why and what took its place; another one, or without the list, is valid', async () => {
    const revoked = await license('L-1')
    expect(verifyLicense(revoked.text, pinned, { now, revocations: current() })).toMatchObject({
      status: 'revoked',
      reason: 'superseded',
      supersededBy: 'L-2',
      license: { licenseId: 'L-1' },
    })
    expect(verifyLicense(revoked.text, pinned, { now })).toMatchObject({ status: 'valid' })
    expect(verifyLicense((await license('L-3')).text, pinned, { now, revocations: current() })).toMatchObject({ status: 'valid' })
  })

  test('of another product is none of its business', async () => {
    const { text: foreign } = await license('L-1', 'agent')
    expect(verifyLicense(foreign, pinned, { now, revocations: current() })).toMatchObject({ status: 'valid' })
  })
})

describe('a list', () => {
  test('P26 with a lower number than was seen before is refused; the same and a higher one are taken', () => {
    expect(verifyRevocationList(text, pinned, { lastNumber: 8 })).toMatchObject({ status: 'older_than_known', number: 7 })
    expect(verifyRevocationList(text, pinned, { lastNumber: 7 })).toMatchObject({ status: 'current' })
    expect(verifyRevocationList(text, pinned, { lastNumber: 6 })).toMatchObject({ status: 'current' })
  })

  test('among several in one text is found by the key that is pinned', async () => {
    const theirs = await signRevocationList({ ...payload, productKeys: ['agent'] }, other)
    expect(verifyRevocationList(theirs + text, pinned)).toMatchObject({ status: 'current', list: { productKeys: ['core'] } })
    expect(verifyRevocationList(text.replaceAll('\n', '\r\n') + theirs, pinned)).toMatchObject({ status: 'current' })
    expect(verifyRevocationList(theirs, pinned)).toMatchObject({ status: 'unknown_key' })
  })

  describe('of another signing key in the same text', () => {
    const both = [pinned, loadVerificationKey(otherPems.publicKeyPem)]
    const agents: RevocationListPayload = {
      ...payload,
      number: 5,
      productKeys: ['agent'],
      revoked: [{ licenseId: 'L-9', revokedAt: '2026-11-02T00:00:00Z', reason: 'refunded' }],
    }
    const verified = (text: string, options = {}) => {
      const verdict = verifyRevocationList(text, both, options)
      if (verdict.status !== 'current') throw new Error(verdict.message)
      return verdict
    }

    test('counts as well, for its own products, in either order', async () => {
      const theirs = await signRevocationList(agents, other)
      for (const together of [text + theirs, theirs + text]) {
        const { list, uncounted } = verified(together)
        expect(uncounted).toEqual([])
        expect([...list.productKeys].sort()).toEqual(['agent', 'core'])
        expect(list.numbers).toEqual({ [key.keyId]: 7, [other.keyId]: 5 })
        expect(list.number).toBe(5)
        const judge = async (licenseId: string, productKey: string) =>
          verifyLicense((await license(licenseId, productKey)).text, both, { now, revocations: list }).status
        expect(await judge('L-1', 'core')).toBe('revoked')
        expect(await judge('L-9', 'agent')).toBe('revoked')
        expect(await judge('L-9', 'core')).toBe('valid')
        const webKeys = await Promise.all([pems, otherPems].map((pair) => web.loadVerificationKey(pair.publicKeyPem)))
        expect(await web.verifyRevocationList(together, webKeys)).toMatchObject({ status: 'current', list: { number: 5 } })
      }
    })

    test('that is not trusted is named, and a product that only it covers is not covered', async () => {
      const theirs = await signRevocationList(agents, other)
      expect(verifyRevocationList(text + theirs, pinned)).toMatchObject({
        status: 'current',
        uncounted: [{ keyId: other.keyId }],
        message: expect.stringContaining('another list does not count: no trusted key'),
      })
      expect(verifyRevocationList(text + theirs, pinned, { expectedProductKey: 'agent' })).toMatchObject({
        status: 'wrong_product',
        message: expect.stringContaining('covers core and not agent; another list does not count'),
      })
    })

    test('that is not in order makes the whole text so', async () => {
      const theirs = await signRevocationList(agents, other)
      const forged = theirs.replaceAll(/^[A-Za-z0-9+/]{64}$/gm, (line, at: number) => (at > 500 ? line.toLowerCase() : line))
      expect(verifyRevocationList(text + forged, both).status).not.toBe('current')
      expect(verifyRevocationList(text + theirs, both, { lastNumber: { [other.keyId]: 6 } })).toMatchObject({
        status: 'older_than_known',
        number: 5,
      })
      expect(verified(text + theirs, { lastNumber: { [key.keyId]: 7, [other.keyId]: 5 } }).list.number).toBe(5)
    })

    test('of the same key twice: the newer one counts', async () => {
      const newer = await signRevocationList({ ...payload, number: 8, revoked: [] }, key)
      for (const together of [text + newer, newer + text])
        expect(verified(together).list).toMatchObject({ number: 8, revoked: [] })
    })

    test('a license of a product that no list covers is valid, and the verdict says that nothing was looked up', async () => {
      const verdict = verifyLicense((await license('L-1', 'agent')).text, pinned, { now, revocations: current() })
      expect(verdict).toMatchObject({
        status: 'valid',
        message: 'the license is valid; the revocation list does not cover agent',
      })
    })
  })

  test('that does not cover the product, or is signed by a key that may not, is refused', () => {
    expect(verifyRevocationList(text, pinned, { expectedProductKey: 'agent' })).toMatchObject({ status: 'wrong_product' })
    const ring = createKeyRing([{ key, productKeys: ['agent'] }])
    expect(verifyRevocationList(text, ring)).toMatchObject({ status: 'unknown_key' })
    expect(verifyRevocationList(text, createKeyRing([{ key, state: 'compromised' }]))).toMatchObject({ status: 'unknown_key' })
  })

  test('with any bit changed never verifies', () => {
    const { keyId, payload: bytes, signature } = openEnvelope(text, revocationListForm)
    const b64 = (data: Uint8Array) => Buffer.from(data).toString('base64')
    for (const target of [bytes, signature]) {
      for (let bit = 0; bit < target.length * 8; bit += 1) {
        target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const forged = formatEnvelope({ keyId, payloadB64: b64(bytes), signatureB64: b64(signature) }, revocationListForm)
        expect(verifyRevocationList(forged, pinned).status).toBe('bad_signature')
        target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      }
    }
  })

  test('never passes for a license, nor a license for a list, whatever the label says', async () => {
    const asLicense = text.replaceAll('LICENSE REVOCATION LIST', 'LICENSE')
    expect(verifyLicense(asLicense, pinned, { now })).toMatchObject({ status: 'malformed' })
    const asList = (await license('L-1')).text.replaceAll('LICENSE-', 'LICENSE REVOCATION LIST-')
    expect(verifyRevocationList(asList, pinned)).toMatchObject({ status: 'malformed' })
  })

  test.each([
    ['nothing', ''],
    ['other text', 'hello'],
    ['half a list', text.slice(0, 200)],
    ['text behind it', `${text}x`],
    ['text before it', `x${text}`],
    ['a license', aLicense],
  ])('%s is malformed', (_what, wrong) => expect(verifyRevocationList(wrong, pinned)).toMatchObject({ status: 'malformed' }))

  test.each([
    ['number', -1],
    ['number', 1.5],
    ['issuedAt', 'yesterday'],
  ])('with the %s %j is not signed', async (field, value) => {
    await expect(signRevocationList({ ...payload, [field]: value }, key)).rejects.toThrow(field)
  })

  test('verifies on WebCrypto as well', async () => {
    const webKey = await web.loadVerificationKey(pems.publicKeyPem)
    const verdict = await web.verifyRevocationList(text, webKey)
    expect(verdict).toMatchObject({ status: 'current', list: { number: 7 } })
    if (verdict.status !== 'current') return
    const revoked = await web.verifyLicense((await license('L-1')).text, webKey, { now, revocations: verdict.list })
    expect(revoked).toMatchObject({ status: 'revoked' })
    expect(await web.verifyRevocationList(text.replace('A', 'B'), webKey)).not.toMatchObject({ status: 'current' })
  })
})
