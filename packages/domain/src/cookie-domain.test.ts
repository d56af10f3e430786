import { expect, test } from 'vitest'
import { domainProblem, normaliseDomain } from './cookie-domain.ts'

test.each([
  'acme.test',
  '.acme.test',
  ' .Acme.Test ',
  'localhost',
  '10.0.0.1',
  'xn--mnchen-3ya.example',
  `${'a'.repeat(63)}.test`,
])('%j can be the domain of a license', (domain) => expect(domainProblem(domain)).toBeUndefined())

test.each([
  ['https://acme.test', 'scheme'],
  ['acme.test/path', 'path'],
  ['ops@acme.test', 'user'],
  ['acme.test:8443', 'port'],
  ['*.acme.test', 'wildcard'],
  ['acme.test.', 'dot at the end'],
  ['münchen.example', 'xn--'],
  ['acme..test', 'dots'],
  ['..acme.test', 'dots'],
  ['acme test', 'labels'],
  ['acme.test\u0000', 'xn--'],
  ['-acme.test', 'labels'],
  ['acme-.test', 'labels'],
  [`${'a'.repeat(64)}.test`, 'labels'],
  [`${'a.'.repeat(130)}test`, '253'],
  ['', 'domain name'],
  [' . ', 'domain name'],
])('%j is refused: %s', (domain, why) => expect(domainProblem(domain)).toContain(why))

test('it is stored trimmed and lower-case, with its leading dot; blank is none', () => {
  expect(normaliseDomain(' .Acme.Test ')).toBe('.acme.test')
  expect(normaliseDomain(' ')).toBeUndefined()
})
