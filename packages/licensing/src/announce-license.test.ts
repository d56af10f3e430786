import { aLicense, day } from '@licenseoperator/db/testing'
import { LicenseIssued } from '@licenseoperator/events'
import { expect, test } from 'vitest'
import { type Announcement, messageOf } from './announce-license.ts'
import { prepareLicense } from './prepare-license.ts'
import { aKeyRing } from './testing/a-key-ring.ts'

const keys = await aKeyRing('core')
const { licenseId, keyId: _keyId, text: _text, ...draft } = aLicense({ issuanceKey: 'month', licenseId: 'L-1', seats: 5 })
const prepared = await prepareLicense(keys, { ...draft, stripe: { subscriptionId: 'sub_1', invoiceId: 'in_1' } }, licenseId)
const bought: Announcement = {
  subject: 'issued',
  reason: 'purchase',
  publicBaseUrl: undefined,
  paidAt: day(1),
  renewedUntil: undefined,
}
const eventOf = (announcement: Announcement) =>
  LicenseIssued.parse(JSON.parse(messageOf(announcement, prepared, day(2)).payload.toString('utf8')))

test('a license has one message, however often and for whatever reason it is announced', () => {
  const ids = [bought, { ...bought, reason: 'renewal' as const }].map((one) => messageOf(one, prepared, day(2)).messageId)
  expect(new Set(ids).size).toBe(1)
  expect(messageOf(bought, prepared, day(90)).messageId).toBe(ids[0])
})

test('each end of a renewed maintenance is a message of its own', () => {
  const ids = [undefined, day(10), day(20)].map(
    (renewedUntil) => messageOf({ ...bought, renewedUntil }, prepared, day(2)).messageId,
  )
  expect(new Set(ids).size).toBe(3)
})

test('it carries the license as the customer has it, and when that was true', () => {
  expect(eventOf(bought)).toEqual({
    licenseId: 'L-1',
    email: 'owner@acme.test',
    payloadB64: prepared.signed.payloadB64,
    signatureB64: prepared.signed.signatureB64,
    exp: '2026-01-31T12:00:00Z',
    plan: 'core',
    group: 'Acme',
    stripe: { invoiceId: 'in_1' },
    productKey: 'core',
    seats: 5,
    licenseText: prepared.license.text,
    keyId: prepared.license.keyId,
    reason: 'purchase',
    occurredAt: '2026-01-02T12:00:00Z',
  })
})

test('it says where its present state is found, where the API has an address', () => {
  expect(eventOf({ ...bought, publicBaseUrl: 'https://shop.test' }).licenseUrl).toBe('https://shop.test/authlance/license/L-1')
  expect(eventOf(bought)).not.toHaveProperty('licenseUrl')
})
