import { expect, test } from 'vitest'
import { decodeForm } from './form.ts'

test.each([
  ['a=1&b[c]=2', { a: '1', b: { c: '2' } }],
  ['line_items[0][price]=p&line_items[1][price]=q', { line_items: { 0: { price: 'p' }, 1: { price: 'q' } } }],
  ['expand[]=a&expand[]=b', { expand: { 0: 'a', 1: 'b' } }],
  ['metadata%5Bk%5D=a%26b', { metadata: { k: 'a&b' } }],
  ['odd[=1', { 'odd[': '1' }],
  ['', {}],
])('%s', (text, fields) => {
  expect(JSON.parse(JSON.stringify(decodeForm(text)))).toEqual(fields)
})

test('a field cannot be text and an object at once', () => {
  expect(() => decodeForm('a=1&a[b]=2')).toThrow(/Invalid parameter/)
})

test('a parameter named like a prototype is an ordinary name', () => {
  expect(Object.keys(decodeForm('__proto__[polluted]=1'))).toEqual(['__proto__'])
  expect('polluted' in {}).toBe(false)
})
