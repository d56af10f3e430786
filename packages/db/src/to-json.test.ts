import { expect, test } from 'vitest'
import { toJson } from './to-json.ts'

test('half a surrogate pair, which MySQL refuses as JSON, is replaced at any depth', () => {
  expect(toJson({ a: ['x\ud83d', { b: '\udc00y' }], ok: '🚀' })).toBe('{"a":["x\ufffd",{"b":"\ufffdy"}],"ok":"🚀"}')
})
