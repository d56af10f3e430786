import { expect, test } from 'vitest'
import { addressRefusal, headerRefusal } from './header-text.ts'

test.each(['ada@acme.test', 'ada+licenses@mail.acme.test', "o'neill@acme.test"])('%s can be written to', (address) => {
  expect(addressRefusal(address)).toBeUndefined()
})

test.each([
  'ada@acme.test\r\nBcc: evil@x.test',
  'ada@acme.test\nX: y',
  'ada@acme.test\0',
  'ada\t@acme.test',
  'ada@acme.test\u0085Bcc: evil@x.test',
  'ada@acme.test, evil@x.test',
  'Ada <ada@acme.test>',
  '"ada evil@x.test"@acme.test',
  'ada@acme.test>',
  'ada',
  '',
  ' ',
  `${'a'.repeat(250)}@acme.test`,
])('%j is refused, without being repeated', (address) => {
  const refusal = addressRefusal(address)
  expect(refusal).toMatch(/^the address /)
  if (address.trim() !== '' && address !== 'ada') expect(refusal).not.toContain(address)
})

test('text with a line break or another control character cannot stand in a header', () => {
  expect(headerRefusal('Core, für 5 Plätze')).toBeUndefined()
  for (const character of ['\r', '\n', '\0', '\u007f', '\u0085']) expect(headerRefusal(`Core${character}Bcc: x`)).toBeDefined()
})
