import type { Caller } from '@licenseoperator/domain'
import { expect, test } from 'vitest'
import { assertReadable, filled, groupOf } from './buyer.ts'

const ada: Caller = { identity: 'ada', email: 'ada@acme.example', roles: [], groups: ['acme'], scopes: undefined }
const required = { requireGroupName: true }
const free = { requireGroupName: false }
const refused = (code: string, field?: string) => expect.objectContaining({ code, ...(field === undefined ? {} : { field }) })

test('a member buys for their group, as it is written', () => {
  expect(groupOf(required, ada, ' Acme ')).toBe('Acme')
})

test.each([required, free])('nobody buys for a group of others (%j)', (settings) => {
  expect(() => groupOf(settings, ada, 'other')).toThrow(refused('forbidden'))
})

test('an operator buys for every group', () => {
  expect(groupOf(required, { ...ada, roles: ['sysadmin'] }, 'other')).toBe('other')
})

test.each([undefined, '', '  '])('where groups are required, %j names none', (named) => {
  expect(() => groupOf(required, ada, named)).toThrow(refused('invalid_payload', 'organizationName'))
})

test('where they are not, the buyer is a group of one: of the identity, never of the e-mail address', () => {
  const own = groupOf(free, ada, undefined)
  expect(own).not.toContain('@')
  expect(groupOf(free, { ...ada, email: 'eve@evil.example' }, '')).toBe(own)
  expect(groupOf(free, { ...ada, identity: 'eve' }, undefined)).not.toBe(own)
})

test('a group of one is named by its owner alone, and by nobody where groups are required', () => {
  const own = groupOf(free, ada, undefined)
  expect(groupOf(free, ada, own)).toBe(own)
  expect(() => groupOf(free, { ...ada, identity: 'eve' }, own)).toThrow(refused('forbidden'))
  expect(() => groupOf(required, ada, own)).toThrow(refused('forbidden'))
})

test.each<[string, Partial<Caller>, string, string]>([
  ['a group with a control character', {}, 'ac\u001bme', 'organizationName'],
  ['a group whose key is too long', {}, 'İ'.repeat(128), 'organizationName'],
  ['an identity with a control character', { identity: 'a\u0000da' }, 'acme', 'identity'],
  ['an identity that is too long', { identity: 'a'.repeat(256) }, 'acme', 'identity'],
  ['half a surrogate pair in an address', { email: 'ada\ud83d@acme.example' }, 'acme', 'email'],
  ['an address that is too long', { email: `${'a'.repeat(250)}@b.cd` }, 'acme', 'email'],
])('%s is refused while nothing is paid', (_what, other, group, field) => {
  expect(() => assertReadable({ ...ada, ...other }, group)).toThrow(refused('invalid_payload', field))
})

test('whoever has no address buys all the same', () => {
  expect(() => assertReadable({ ...ada, email: undefined }, 'acme')).not.toThrow()
})

test.each([
  [undefined, undefined],
  ['', undefined],
  [' \t', undefined],
  [' a b ', 'a b'],
])('%j is read as %j', (text, expected) => expect(filled(text)).toBe(expected))
