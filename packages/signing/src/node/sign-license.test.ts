import { expect, test } from 'vitest'
import { aPayload, aSigningKey, at } from '../../test/builders.ts'
import { MalformedLicenseError } from '../malformed-license-error.ts'
import { parseLicenseWithoutVerifying } from '../parse-license.ts'
import { signLicense } from './sign-license.ts'
import { verifyLicense } from './verify-license.ts'

const key = await aSigningKey()

test('the text is PEM armour of 64 columns that no JSON reader takes', async () => {
  const { text } = await signLicense(aPayload(), key)
  expect(text).toMatch(/^-----BEGIN LICENSE-----\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n-----END LICENSE-----\n$/)
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
})

test('payload and signature of the result are those in the text', async () => {
  const { text, ...parts } = await signLicense(aPayload(), key)
  expect(parseLicenseWithoutVerifying(text)).toEqual({ status: 'unverified', license: aPayload(), ...parts })
})

test('the same payload makes the same bytes, in whatever order its fields were given', async () => {
  const reversed = { ...aPayload(), ...Object.fromEntries(Object.entries(aPayload()).reverse()) }
  expect((await signLicense(reversed, key)).text).toBe((await signLicense(aPayload(), key)).text)
})

test('fields of a later release are signed and come back', async () => {
  const payload = { ...aPayload(), region: 'eu' }
  const verdict = verifyLicense((await signLicense(payload, key)).text, key, { now: at('2026-06-01T00:00:00Z') })
  expect(verdict).toHaveProperty('license.region', 'eu')
})

test('optional fields left out or undefined are not in the payload', async () => {
  const { domain: _, ...payload } = aPayload()
  const { payloadB64 } = await signLicense(payload, key)
  expect(JSON.parse(Buffer.from(payloadB64, 'base64').toString())).toEqual(payload)
})

test.each([
  ['no license id', { licenseId: '' }, 'licenseId'],
  ['seats that are no number', { seats: Number.NaN }, 'seats'],
  ['negative seats', { seats: -1 }, 'seats'],
  ['half a surrogate pair', { group: '\ud83d' }, 'surrogate'],
  ['an expiry before the issue', { expiresAt: '2025-01-01T00:00:00Z' }, 'expiresAt'],
  ['an expiry that does not exist', { expiresAt: '2026-02-29T00:00:00Z' }, 'expiresAt'],
  ['a text too long for verifiers', { group: 'x'.repeat(60_000) }, 'longer'],
])('refuses to sign %s', async (_name, changes, mentions) => {
  const signing = signLicense(aPayload(changes), key)
  await expect(signing).rejects.toThrow(MalformedLicenseError)
  await expect(signing).rejects.toThrow(mentions)
})

test('what cannot be parsed is malformed, without a throw', () => {
  expect(parseLicenseWithoutVerifying('nonsense')).toMatchObject({ status: 'malformed' })
})
