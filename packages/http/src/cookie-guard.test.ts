import { expect, test } from 'vitest'
import { anApp, aToken, SHOP } from '../test/an-app.ts'
import { cookieGuard } from './cookie-guard.ts'

const token = await aToken()
const cookie = { Cookie: `loopToken=${token}` }
const json = { 'Content-Type': 'application/json' }
const body = JSON.stringify({ slug: 'core', seats: 1 })

test.each<[string, number, Record<string, string>]>([
  ['cookie and JSON', 200, { ...cookie, ...json }],
  ['the public origin', 200, { ...cookie, ...json, Origin: 'https://api.example.com' }],
  ['a configured origin', 200, { ...cookie, ...json, Origin: SHOP }],
  ['a foreign origin', 403, { ...cookie, ...json, Origin: 'https://evil.example' }],
  ['a longer origin', 403, { ...cookie, ...json, Origin: `${SHOP}.evil` }],
  ['origin null', 403, { ...cookie, ...json, Origin: 'null' }],
  ['a form', 403, { ...cookie, 'Content-Type': 'text/plain' }],
  ['no content type', 403, { ...cookie, 'Content-Type': '' }],
  ['a foreign origin with a header token', 200, { Authorization: token, ...json, Origin: 'https://evil.example' }],
  ['a header token beside a cookie', 200, { Authorization: token, ...cookie, ...json, Origin: 'https://evil.example' }],
  ['a form with a header token', 415, { Authorization: token, 'Content-Type': 'text/plain' }],
])('POST by cookie: %s', async (_name, status, headers) => {
  expect((await anApp().request('/orders', { method: 'POST', body, headers })).status).toBe(status)
})

test.each<[string, number, Record<string, string>]>([
  ['no body, no content type, no origin', 204, {}],
  ['a configured origin and no content type', 204, { Origin: SHOP }],
  ['JSON', 204, json],
  ['a foreign origin', 403, { Origin: 'https://evil.example' }],
  ['a foreign origin with JSON', 403, { ...json, Origin: 'https://evil.example' }],
  ['origin null', 403, { Origin: 'null' }],
])('DELETE by cookie is no simple request, so its origin alone decides: %s', async (_name, status, headers) => {
  const answer = await anApp().request('/orders/1', { method: 'DELETE', headers: { ...cookie, ...headers } })
  expect(answer.status).toBe(status)
})

test.each<[string, string, number, Record<string, string>]>([
  ['PUT', 'JSON', 200, json],
  ['PUT', 'no content type: an answer about the body, no refusal of its sender', 415, { 'Content-Type': '' }],
  ['PUT', 'a foreign origin', 403, { ...json, Origin: 'https://evil.example' }],
  ['PATCH', 'JSON', 200, json],
  ['PATCH', 'no content type: an answer about the body, no refusal of its sender', 415, { 'Content-Type': '' }],
  ['PATCH', 'a foreign origin', 403, { ...json, Origin: 'https://evil.example' }],
])('%s by cookie: %s', async (method, _name, status, headers) => {
  const answer = await anApp().request('/changes/1', { method, body, headers: { ...cookie, ...headers } })
  expect(answer.status).toBe(status)
})

test('reading and public routes are left alone', async () => {
  const headers = { ...cookie, Origin: 'https://evil.example' }
  expect((await anApp().request('/me', { headers })).status).toBe(200)
  expect((await anApp().request('/public-orders', { method: 'POST', body, headers: { ...headers, ...json } })).status).toBe(200)
})

test('a configured origin must be one', () => {
  for (const entry of ['*', 'null', 'https://shop.example.com/', 'shop.example.com', 'https://Shop.example.com']) {
    expect(() => cookieGuard({ publicOrigin: undefined, allowedOrigins: [entry] })).toThrow('not an origin')
  }
})
