import { expect, test } from 'vitest'
import { LicenseIssued, licenseIssuedJsonSchema, licenseIssuedMessageId } from './license-issued.ts'

const issued = {
  licenseId: 'L-01JABCDEFGHJKMNPQRSTVWXYZ0',
  email: 'owner@acme.com',
  payloadB64: 'eyJhIjoxfQ==',
  signatureB64: 'AAAA',
  exp: '2027-01-01T00:00:00Z',
  plan: 'alpha',
  group: 'acme',
  stripe: { checkoutSessionId: 'cs_1' },
  reason: 'purchase',
  occurredAt: '2026-01-01T00:00:00.123Z',
}

test('an event with only what every license has is accepted', () => {
  expect(LicenseIssued.parse(issued)).toEqual(issued)
})

test.each([
  ['an end without a zone', { exp: '2027-01-01T00:00:00' }],
  ['an end in another zone than UTC', { exp: '2027-01-01T00:00:00+02:00' }],
  ['url-safe base64', { signatureB64: '_-8=' }],
  ['unpadded base64', { payloadB64: 'eyJhIjoxfQ' }],
  ['an empty signature', { signatureB64: '' }],
  ['an unknown reason', { reason: 'trial' }],
  ['an event that does not say when it was true', { occurredAt: undefined }],
  ['a fractional number of seats', { seats: 1.5 }],
])('%s is refused', (_, change) => {
  expect(LicenseIssued.safeParse({ ...issued, ...change }).success).toBe(false)
})

test('a field of a later release does not break a consumer, in TypeScript or by JSON schema', () => {
  expect(LicenseIssued.parse({ ...issued, fromTheFuture: 1 })).toEqual(issued)
  expect(JSON.stringify(licenseIssuedJsonSchema())).not.toContain('"additionalProperties":false')
})

test('the JSON schema describes every field of the contract', () => {
  const { properties = {}, required } = licenseIssuedJsonSchema().$defs?.LicenseIssued ?? {}
  expect(required).toEqual(Object.keys(issued))
  expect(Object.keys(properties)).toEqual(Object.keys(LicenseIssued.shape))
  const undescribed = Object.entries(properties).filter(([, schema]) => typeof schema === 'boolean' || !schema.description)
  expect(undescribed).toEqual([])
})

test('a license has one message id, and one more for each end of a renewed maintenance', () => {
  const subject = 'licenseoperator.license.issued'
  expect(licenseIssuedMessageId(subject, 'L-1')).toBe('licenseoperator.license.issued:L-1')
  expect(licenseIssuedMessageId(subject, 'L-1', '2027-01-01T00:00:00Z')).toBe(
    'licenseoperator.license.issued:L-1:2027-01-01T00:00:00Z',
  )
})
