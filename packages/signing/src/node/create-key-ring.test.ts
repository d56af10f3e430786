import { expect, test } from 'vitest'
import { aPayload, aSigningKey, at } from '../../test/builders.ts'
import { createKeyRing } from './create-key-ring.ts'
import { loadVerificationKey } from './load-key.ts'
import { signLicense } from './sign-license.ts'
import { verifyLicense } from './verify-license.ts'

const [first, second] = [await aSigningKey(), await aSigningKey()]
const license = await signLicense(aPayload(), first)
const now = at('2026-06-01T00:00:00Z')

test('a license outlives the rotation of its key, until the key is removed or compromised', () => {
  const verdictWith = (state: 'pending' | 'active' | 'retired' | 'compromised') =>
    verifyLicense(license.text, createKeyRing([{ key: first, state }, { key: loadVerificationKey(second.publicKeyPem) }]), {
      now,
    })
  expect(verdictWith('pending').status).toBe('valid')
  expect(verdictWith('active').status).toBe('valid')
  expect(verdictWith('retired').status).toBe('valid')
  expect(verdictWith('compromised')).toMatchObject({ status: 'unknown_key', reason: 'compromised' })
  expect(verifyLicense(license.text, createKeyRing([{ key: second }]), { now })).toMatchObject({
    status: 'unknown_key',
    reason: 'not_in_ring',
  })
})

test('only an active private key signs', () => {
  for (const state of ['pending', 'retired', 'compromised'] as const) {
    expect(createKeyRing([{ key: first, state }]).signingKeyFor('core')).toBeUndefined()
  }
  expect(createKeyRing([{ key: loadVerificationKey(first.publicKeyPem) }]).signingKeyFor('core')).toBeUndefined()
  expect(createKeyRing([{ key: first, state: 'retired' }, { key: second }]).signingKeyFor('core')).toBe(second)
})

test('a key that names the product goes before one for all products', () => {
  const ring = createKeyRing([{ key: first }, { key: second, productKeys: ['core', 'addon'] }])
  expect([ring.signingKeyFor('addon'), ring.signingKeyFor('other')]).toEqual([second, first])
  expect(createKeyRing([{ key: second, productKeys: ['core'] }]).signingKeyFor('other')).toBeUndefined()
})

test('a license of a product that its key may not sign for is refused', () => {
  const ring = createKeyRing([{ key: first, productKeys: ['addon'] }])
  expect(verifyLicense(license.text, ring, { now })).toMatchObject({ status: 'unknown_key', reason: 'not_for_product' })
})

test('two keys with one id, and two signing keys for one product, are refused', () => {
  expect(() => createKeyRing([{ key: first }, { key: first, state: 'compromised' }])).toThrow(/twice/)
  expect(() => createKeyRing([{ key: first }, { key: loadVerificationKey(first.publicKeyPem) }])).toThrow(/twice/)
  expect(() => createKeyRing([{ key: first }, { key: second }])).toThrow(/all products/)
  expect(() =>
    createKeyRing([
      { key: first, productKeys: ['a', 'b'] },
      { key: second, productKeys: ['b'] },
    ]),
  ).toThrow(/for b/)
})

test('one key, several, or a ring can be trusted', () => {
  for (const keys of [first, [second, first], createKeyRing([{ key: first }])]) {
    expect(verifyLicense(license.text, keys, { now }).status).toBe('valid')
  }
  expect(verifyLicense(license.text, [], { now }).status).toBe('unknown_key')
})
