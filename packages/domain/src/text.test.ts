import { expect, test } from 'vitest'
import {
  assertGroup,
  assertText,
  characters,
  cut,
  GroupName,
  isDomainError,
  refusalOf,
  refusalOfGroup,
  shown,
  text,
} from './index.ts'

const HALF = '\ud83d'

test.each([
  ['a control character', 'ac\u001bme'],
  ['NUL', 'ac\u0000me'],
  ['a line break', 'ac\nme'],
  ['DEL', 'ac\u007fme'],
  ['a C1 control character', 'ac\u0085me'],
  ['half a surrogate pair', `ac${HALF}me`],
  ['halves in the wrong order', 'ac\ude80\ud83dme'],
  ['blanks alone', ' \u00a0 '],
  ['nothing', ''],
  ['one character too many', 'a'.repeat(9)],
])('%s is refused by schema and function alike', (_what, value) => {
  expect(text({ max: 8 }).safeParse(value).success).toBe(false)
  expect(refusalOf(value, { max: 8 })).toBeTypeOf('string')
  expect(() => assertText('plan', value, { max: 8 })).toThrow(/^invalid payload: plan /)
})

test.each(['acme', 'äöü', '株式会社', 'a\u202eb', '🚀🚀', 'e\u0301'])('%s is taken unchanged', (value) => {
  expect(text({ max: 8 }).parse(value)).toBe(value)
  expect(refusalOf(value, { max: 8 })).toBeUndefined()
})

test('what is no schema counts characters, as MySQL does', () => {
  expect(refusalOf('🚀'.repeat(8), { max: 8 })).toBeUndefined()
  expect(refusalOf('🚀'.repeat(9), { max: 8 })).toBe('must have at most 8 characters')
})

test('a refusal names the field and never the value', () => {
  try {
    assertText('email', 'secret\u0000', { max: 512 })
    expect.unreachable()
  } catch (error) {
    expect(isDomainError(error, 'invalid_payload')).toBe(true)
    expect(error).toMatchObject({ field: 'email', message: expect.not.stringContaining('secret') })
  }
})

test('what is shown is cut at characters, never within one, and holds nothing that a terminal obeys', () => {
  expect(cut('🚀'.repeat(300), 256)).toBe('🚀'.repeat(256))
  expect(characters(cut(`a${'🚀'.repeat(300)}`, 256))).toBe(256)
  expect(cut(`a${'🚀'.repeat(300)}`, 256).isWellFormed()).toBe(true)
  expect(cut('abc', 3)).toBe('abc')
  expect(cut('', 3)).toBe('')
  expect(shown(`N${HALF}\u001b[31m\u0000ame`, 20)).toBe('N\ufffd [31m ame')
})

test('a group is refused when its key outgrows the column, by schema and function alike', () => {
  const table = [
    ['İ'.repeat(127), true],
    ['İ'.repeat(128), false],
    ['\uFB2C'.repeat(85), true],
    ['\uFB2C'.repeat(100), false],
    ['🚀'.repeat(64), true],
    ['ac\u0007me', false],
  ] as const
  for (const [name, taken] of table) {
    expect(GroupName.safeParse(name).success).toBe(taken)
    expect(refusalOfGroup(name) === undefined).toBe(taken)
  }
  // The address of a buyer who is a group of one.
  expect(refusalOfGroup(`${'a'.repeat(242)}@acme.example`)).toBeUndefined()
  expect(() => assertGroup('group', 'a'.repeat(256))).toThrow('invalid payload: group must have at most 255 characters')
})
