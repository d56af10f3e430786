import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { tableLines } from './table-lines.ts'

const rows = [
  ['id', 'name', 'about'],
  ['L-01JZX3F9T5M2Q8V7K4N6R0B1CD', '東京の会社', 'something that takes more room than there is'],
  ['L-2', 'e\u0301clair 🙂', ''],
]

test('columns start at the same place, whatever the width of a letter, and no line ends in blanks', () => {
  const { lines, shortened } = tableLines(rows)
  const starts = lines.slice(0, 2).map((line, index) => stringWidth(line.slice(0, line.indexOf(rows[index]?.[2] ?? ''))))
  expect(new Set(starts).size).toBe(1)
  expect(lines.filter((line) => line.endsWith(' '))).toEqual([])
  expect(shortened).toBe(false)
})

test('on a narrow terminal the widest columns are shortened, never the one that names the row', () => {
  const { lines, shortened } = tableLines(rows, 60)
  expect(shortened).toBe(true)
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60)
  expect(lines[1]).toMatch(/^L-01JZX3F9T5M2Q8V7K4N6R0B1CD {2}東京の会社 +something th.*…$/)
})

test('a letter of two columns is not cut in half', () => {
  const { lines } = tableLines([['id', '東京の会社東京の会社']], 16)
  expect(lines).toEqual(['id  東京の会社…'])
})

test('where even narrow columns do not fit, they are as narrow as is of use', () => {
  expect(tableLines([['id', 'a'.repeat(30), 'b'.repeat(30)]], 5).lines).toEqual([`id  ${'a'.repeat(9)}…  ${'b'.repeat(9)}…`])
})
