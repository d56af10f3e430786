import { expect, test } from 'vitest'
import { anApp, aToken, SHOP } from '../test/an-app.ts'
import { cors } from './cors.ts'

const app = anApp()

function accessHeaders(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'))
}

test('a configured origin may read answers with credentials, refusals included', async () => {
  for (const path of ['/public', '/me', '/nowhere']) {
    const { headers } = await app.request(path, { headers: { Origin: SHOP } })
    expect(headers.get('access-control-allow-origin')).toBe(SHOP)
    expect(headers.get('access-control-allow-credentials')).toBe('true')
    expect(headers.get('vary')).toBe('Origin')
  }
})

test.each([
  `${SHOP}.evil`,
  'null',
  `${SHOP}:8443`,
  'http://shop.example.com',
  'https://SHOP.example.com',
  `${SHOP}/`,
  'https://evil.example',
  '',
])('no access for origin "%s"', async (Origin) => {
  const plain = await app.request('/public', { headers: { Origin } })
  const preflight = await app.request('/orders', {
    method: 'OPTIONS',
    headers: { Origin, 'Access-Control-Request-Method': 'POST' },
  })
  for (const { headers } of [plain, preflight]) {
    expect(accessHeaders(headers)).toEqual([])
    expect(headers.get('vary')).toBe('Origin')
  }
})

test('a preflight names fixed methods and headers, whatever was asked for', async () => {
  const ask = {
    Origin: SHOP,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': `X-Evil${' '.repeat(60_000)},Authorization`,
  }
  const answer = await app.request('/orders', { method: 'OPTIONS', headers: ask })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-headers')).toBe('Authorization, Content-Type, Idempotency-Key, X-Request-Id')
  expect(answer.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PUT, DELETE')
})

test('OPTIONS that is no preflight is an unknown method', async () => {
  expect((await app.request('/public', { method: 'OPTIONS' })).status).toBe(405)
})

test('no wildcard can be configured', () => {
  expect(() => cors({ allowedOrigins: ['*'] })).toThrow('not an origin')
})

test('what an identified caller gets is not stored by caches', async () => {
  const { headers } = await app.request('/me', { headers: { Authorization: await aToken() } })
  expect(headers.get('cache-control')).toBe('no-store')
})
