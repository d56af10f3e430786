import { expect, test } from 'vitest'
import {
  addYears,
  assertMember,
  assertScope,
  type Caller,
  groupKey,
  isMember,
  isPersonalGroup,
  LicenseId,
  licenseIdOf,
  newLicenseId,
  personalGroup,
  rfc3339,
} from './index.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.test', roles: [], groups: ['acme'], scopes: undefined }

test('spellings of one group meet in one key, other letters do not', () => {
  expect(new Set(['acme', ' ACME ', 'Acme'].map(groupKey))).toEqual(new Set(['acme']))
  expect(groupKey('a\u0308cme')).toBe(groupKey('äcme'))
  expect(groupKey('äcme')).not.toBe(groupKey('acme'))
})

test('a member may act for the own group only, a sysadmin for all', () => {
  expect(() => assertMember(ada, ' ACME')).not.toThrow()
  expect(() => assertMember(ada, 'globex')).toThrow('forbidden')
  expect(() => assertMember({ ...ada, groups: [], roles: ['sysadmin'] }, 'globex')).not.toThrow()
  expect(() => assertMember({ ...ada, groups: [], roles: ['SYSADMIN'] }, 'globex')).toThrow('forbidden')
})

test('scopes only ever narrow', () => {
  expect(() => assertScope(ada, 'licenses:read')).not.toThrow()
  expect(() => assertScope(ada, 'licenses:read', { 'licenses:read': true })).toThrow('forbidden')
  expect(() => assertScope({ ...ada, scopes: [] }, 'licenses:read')).toThrow('forbidden')
  expect(() => assertScope({ ...ada, scopes: ['licenses:read'] }, 'licenses:read')).not.toThrow()
})

test('the license of a purchase has one id, whenever it is made; another purchase has another', () => {
  const noon = new Date('2026-03-01T12:00:00Z')
  const id = licenseIdOf('checkout:cs_1', noon)
  expect(id).toMatch(/^L-[0-9A-HJKMNP-TV-Z]{26}$/)
  expect(LicenseId.safeParse(id).success).toBe(true)
  expect(licenseIdOf('checkout:cs_1', new Date('2026-03-01T23:59:59.999Z'))).toBe(id)
  const keys = ['checkout:cs_2', 'checkout:cs_1#1', 'subscription:sub_1:1767225600']
  expect(new Set([id, ...keys.map((key) => licenseIdOf(key, noon))]).size).toBe(4)
  // Ids come in the order of sales, day by day.
  const days = ['2026-03-02T00:00:00Z', '2026-04-01T00:00:00Z', '2031-01-01T00:00:00Z'].map((day) =>
    licenseIdOf('checkout:cs_1', new Date(day)),
  )
  expect([id, ...days].toSorted()).toEqual([id, ...days])
})

test('license ids: ours and UUIDs, nothing else', () => {
  expect(LicenseId.safeParse(newLicenseId()).success).toBe(true)
  expect(LicenseId.safeParse('0b9f7c1e-5a43-4b9e-9d2f-3c8a1b2d4e5f').success).toBe(true)
  for (const bad of ['L-', 'l-01', 'acme', 'L-1.lic', '', 0, ['L-1']]) expect(LicenseId.safeParse(bad).success).toBe(false)
})

test('a year later is the same day, and 29 February stays in February', () => {
  expect(rfc3339(addYears(new Date('2024-02-29T12:00:00Z'), 1))).toBe('2025-02-28T12:00:00Z')
  expect(rfc3339(addYears(new Date('2026-11-23T00:00:00.250Z'), 1))).toBe('2027-11-23T00:00:00.250Z')
})

test('a group of one is the identity, letter by letter, and survives normalisation', () => {
  const identities = [
    'ada',
    'Ada',
    'ADA',
    ' ada',
    'ada ',
    '~ada',
    'ä',
    'a\u0308',
    'x'.repeat(64),
    'x'.repeat(65),
    'ada@acme.test',
    'a:b',
  ]
  const groups = identities.map(personalGroup)
  expect(new Set(groups.map(groupKey)).size).toBe(identities.length)
  for (const group of groups) {
    expect(groupKey(group)).toBe(group)
    expect(isPersonalGroup(group)).toBe(true)
    expect(group.length).toBeLessThanOrEqual(128)
  }
  expect(isPersonalGroup('acme')).toBe(false)
})

test('an identity is a member of its own group of one, and an address makes nobody a member', () => {
  expect(isMember(ada, personalGroup('ada'))).toBe(true)
  expect(isMember({ ...ada, identity: 'eve' }, personalGroup('ada'))).toBe(false)
  expect(isMember(ada, 'ada@acme.test')).toBe(false)
})
