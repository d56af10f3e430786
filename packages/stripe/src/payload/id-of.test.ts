import { expect, test } from 'vitest'
import { Address, EmailAddress, Expandable, idOf, Metadata, StripeId } from './id-of.ts'

test.each([
  ['an id', 'cus_1', 'cus_1'],
  ['the object that bears it', { id: 'cus_1', name: 'Ada' }, 'cus_1'],
  ['nothing', undefined, undefined],
  ['null', null, undefined],
])('what is named by %s', (_what, value, expected) => {
  expect(idOf(value)).toBe(expected)
  expect(Expandable.parse(value)).toBe(expected)
})

test.each([
  ['empty', ''],
  ['longer than its column', 'x'.repeat(256)],
  ['not ASCII', 'cus_ü'],
  ['of two words', 'cus 1'],
  ['a number', 7],
])('an id that is %s is an unknown shape, and no id', (_what, id) => {
  expect(StripeId.safeParse(id).success).toBe(false)
  expect(Expandable.safeParse(id).success).toBe(false)
  expect(Expandable.safeParse({ id }).success).toBe(false)
})

test('the longest id that a column holds is one', () => expect(StripeId.parse('x'.repeat(255))).toHaveLength(255))

test.each([
  [' ada@acme.example ', 'ada@acme.example'],
  ['  ', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
  ['ada\u0007@acme.example', 'ada @acme.example'],
])('the address %j is read as %j', (given, expected) => expect(EmailAddress.parse(given)).toBe(expected))

test('metadata that is missing is empty, and what is no text is an unknown shape', () => {
  expect([Metadata.parse(null), Metadata.parse(undefined), Metadata.parse({ a: 'b' })]).toEqual([{}, {}, { a: 'b' }])
  expect(Metadata.safeParse({ seats: 5 }).success).toBe(false)
})

test('of a billing address only what was filled in is kept', () => {
  expect(Address.parse({ line1: 'Main St 1', line2: '', city: null, postal_code: '10115', country: 'DE' })).toEqual({
    line1: 'Main St 1',
    postalCode: '10115',
    country: 'DE',
  })
  expect([Address.parse({ line1: '', country: null }), Address.parse(null), Address.parse(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
