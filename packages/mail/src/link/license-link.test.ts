import { expect, test } from 'vitest'
import { linkKeyOf, linkUrl, readLink, writeLink } from './license-link.ts'

const key = linkKeyOf('a secret of this test, 32 bytes or more')
const link = {
  licenseId: 'L-01JB2Q4W6V8X0Z2B4D6F8H0K2M',
  issuedAt: new Date('2026-03-01T09:30:00.123Z'),
  expiresAt: new Date('2026-05-30T09:30:00.123Z'),
}
const token = writeLink(key, link)
const now = new Date('2026-03-02T00:00:00Z')

test('a link is read as it was written, until it ends', () => {
  expect(readLink(key, token, now)).toEqual(link)
  expect(readLink(key, token, new Date(link.expiresAt.getTime() - 1))).toEqual(link)
  expect(readLink(key, token, link.expiresAt)).toBeUndefined()
  expect(linkUrl('https://licenses.example.com', token)).toBe(`https://licenses.example.com/authlance/license/l/${token}`)
})

test('every changed character makes it nothing', () => {
  for (let index = 0; index < token.length; index += 1)
    for (const other of ['A', 'z', '0', '.', '-'].filter((one) => one !== token[index]))
      expect(readLink(key, token.slice(0, index) + other + token.slice(index + 1), now)).toBeUndefined()
})

test.each([
  '',
  '.',
  '...',
  token.slice(0, -1),
  `${token}A`,
  ` ${token}`,
  `${token}\n`,
  token.replace(/\.[^.]*$/, '.'),
  'x'.repeat(5000),
])('%j is no link', (text) => {
  expect(readLink(key, text, now)).toBeUndefined()
})

test('another secret signs other links, and the secret itself signs none', () => {
  expect(readLink(linkKeyOf('another secret of 32 bytes or more!!'), token, now)).toBeUndefined()
  expect(readLink(new TextEncoder().encode('a secret of this test, 32 bytes or more'), token, now)).toBeUndefined()
})
