import { expect, test } from 'vitest'
import { isAscii, shownAscii } from './is-ascii.ts'

test.each(['', 'cs_test_1', ' ~'])('%j fits an ASCII column', (text) => expect(isAscii(text)).toBe(true))

test.each(['ü', 'a\u0007', 'a\n', '\u007f', '🚀'])('%j does not, and names nothing', (text) => expect(isAscii(text)).toBe(false))

test('what is only shown is made to fit: other characters as question marks, cut at the width', () => {
  expect(shownAscii('2026-10-28.endive; ü=1', 100)).toBe('2026-10-28.endive; ?=1')
  expect(shownAscii('abcdef', 3)).toBe('abc')
  expect(isAscii(shownAscii('🚀\u0000ü', 10))).toBe(true)
})
