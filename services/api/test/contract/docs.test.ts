import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnApi, anApi } from '../an-api.ts'

const BASE = '/authlance/license'
let api: AnApi
beforeAll(async () => {
  api = await anApi()
})
afterAll(() => api.close())

test('openapi.json is public and describes OpenAPI 3.1', async () => {
  const answer = await api.get(`${BASE}/openapi.json`)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(await answer.json()).toMatchObject({
    openapi: '3.1.0',
    paths: { [`${BASE}/products`]: { get: { operationId: 'listPublicProducts' } } },
  })
})

test.each([
  ['docs', 'text/html'],
  ['docs/start.js', 'text/javascript'],
  ['docs/reference.js', 'text/javascript'],
])('%s is served by us under a policy that lets nothing else load, and not again when unchanged', async (path, type) => {
  const answer = await api.get(`${BASE}/${path}`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; ")
  expect(policy.match(/unsafe-\w+/g)).toEqual(['unsafe-inline'])
  expect(policy).not.toMatch(/https?:/)
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  const again = await api.app.request(`${BASE}/${path}`, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)
})

test('compressed for whoever takes it, under a tag of its own', async () => {
  const ask = (headers: Record<string, string>) => api.app.request(`${BASE}/docs/reference.js`, { headers })
  const [plain, zipped] = [await ask({}), await ask({ 'accept-encoding': 'br, gzip' })]
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect([plain, zipped].map((one) => one.headers.get('vary'))).toEqual(['accept-encoding', 'accept-encoding'])
  expect(gunzipSync(await zipped.arrayBuffer()).equals(Buffer.from(await plain.arrayBuffer()))).toBe(true)
  const tag = zipped.headers.get('etag') ?? ''
  expect(tag).not.toBe(plain.headers.get('etag'))
  expect((await ask({ 'accept-encoding': 'gzip', 'if-none-match': tag })).status).toBe(304)
  expect((await ask({ 'accept-encoding': 'gzip;q=0' })).headers.get('content-encoding')).toBeNull()
})

test('the code samples ask where the configuration says that we are', async () => {
  const answer = await api.get(`${BASE}/openapi.json`)
  expect(await answer.text()).toContain(`curl --fail-with-body 'https://licenses.example.com${BASE}/products'`)
})
