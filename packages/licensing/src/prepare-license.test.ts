import { aLicense, day } from '@licenseoperator/db/testing'
import { verifyLicense } from '@licenseoperator/signing'
import { expect, test } from 'vitest'
import { type LicenseDraft, prepareLicense } from './prepare-license.ts'
import { aKeyRing } from './testing/a-key-ring.ts'

const keys = await aKeyRing('core')
const { licenseId: _id, keyId: _keyId, text: _text, ...draft } = aLicense({ issuanceKey: 'month' })
const says = async (fields: Partial<LicenseDraft>) => {
  const { license } = await prepareLicense(keys, { ...draft, ...fields })
  const verdict = verifyLicense(license.text, keys, { now: () => day(2) })
  return verdict.status === 'valid' ? verdict.license : verdict
}

test('a license says what was bought, and nothing that was not', async () => {
  expect(await says({})).toEqual({
    v: 1,
    licenseId: expect.stringMatching(/^L-/),
    group: 'Acme',
    email: 'owner@acme.test',
    productKey: 'core',
    plan: 'core',
    licenseType: 'subscription',
    issuedAt: '2026-01-01T12:00:00Z',
    expiresAt: '2026-01-31T12:00:00Z',
    priceLocked: false,
  })
  const more = { seats: 5, domain: '.acme.test', priceLocked: true, maintenanceExpiresAt: day(90) }
  expect(await says(more)).toMatchObject({ ...more, maintenanceExpiresAt: '2026-03-31T12:00:00Z' })
})

test('two licenses never have one name, and one that is signed anew keeps its own', async () => {
  const [one, other] = await Promise.all([says({}), says({})])
  expect(one).not.toEqual(other)
  expect((await prepareLicense(keys, draft, 'L-1')).license.licenseId).toBe('L-1')
})

test.each<[string, Partial<LicenseDraft>, string]>([
  ['a product key that no key signs for', { productKey: 'other' }, 'productKey'],
  ['a plan with a control character', { plan: 'a\u0007' }, 'plan'],
  ['an address that its column does not hold', { email: 'x'.repeat(513) }, 'email'],
  ['a domain that its column does not hold', { domain: 'x'.repeat(256) }, 'domain'],
  ['a group that its column does not hold', { groupName: 'x'.repeat(256) }, 'group'],
])('%s is refused before anything is signed, and the field named', async (_what, fields, field) => {
  await expect(prepareLicense(keys, { ...draft, ...fields })).rejects.toMatchObject({ code: 'invalid_payload', field })
})
