import { expect, test } from 'vitest'
import { readYaml } from './read-yaml.ts'
import { errorOf } from './testing/a-config.ts'

const laughs = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(', ')}]`),
].join('\n')

test.each([
  ['a sequence', '- a', 'must be a map of sections'],
  ['a scalar', 'sk_live_canary', 'must be a map of sections'],
  ['a tab as indentation', 'stripe:\n\tapi_key: sk_live_canary', 'is indented with a tab (line 2)'],
  ['the same key twice', 'stripe:\n  api_key: sk_live_canary\n  api_key: sk_live_canary', 'has the same key twice (line 3)'],
  ['the same section twice', 'nats: {}\nnats: {}', 'has the same key twice (line 2)'],
  ['a code tag', 'a: !!js/function "sk_live_canary"', 'uses a YAML tag (line 1)'],
  ['a custom tag', 'a: !canary sk_live_canary', 'uses a YAML tag (line 1)'],
  ['binary', 'a: !!binary c2tfbGl2ZV9jYW5hcnk=', 'uses a YAML tag (line 1)'],
  ['billion laughs', laughs, 'uses too many YAML aliases, or one inside itself'],
  ['a circle', 'a: &a [*a]', 'uses too many YAML aliases, or one inside itself'],
  ['two documents', 'a: {}\n---\nb: sk_live_canary', 'holds more than one document (line 2)'],
])('%s is refused without showing any of it', (_, text, message) => {
  const error = errorOf(() => readYaml('/etc/c.yaml', text))
  expect(error?.problems).toEqual([{ path: '/etc/c.yaml', message }])
})

test.each([
  'stripe: {api_key: sk_live_canary',
  'stripe:\n  api_key:sk_live_canary\n  x: y',
  '"sk_live_canary',
  'a: @sk_live_canary',
  '%sk_live_canary\na: b',
  'a: *sk_live_canary',
])('what is no YAML is refused without showing any of it: %j', (text) => {
  const error = errorOf(() => readYaml('/etc/c.yaml', text))
  expect(error?.problems).toHaveLength(1)
  expect(JSON.stringify([error?.problems, error?.message, error?.stack])).not.toContain('canary')
})

test('an empty file, a comment and keys without a value say nothing', () => {
  expect(readYaml('c', '')).toEqual({})
  expect(readYaml('c', '# nothing')).toEqual({})
  expect(readYaml('c', 'stripe:\nnats:\n  url:\n  subject: ~\nlist: [{ a: null, b: 1 }]')).toEqual({ nats: {}, list: [{ b: 1 }] })
})

test('one anchor may serve several places', () => {
  expect(readYaml('c', 'a: &pem |\n  text\nb: { c: *pem, d: *pem }')).toEqual({ a: 'text\n', b: { c: 'text\n', d: 'text\n' } })
})

test('a key named like a part of every object is only a key', () => {
  const raw = readYaml('c', '__proto__: { polluted: 1 }\nconstructor: { a: 1 }')
  expect(Object.hasOwn({}, 'polluted')).toBe(false)
  expect(Object('polluted' in raw)).toEqual(Object(false))
})
