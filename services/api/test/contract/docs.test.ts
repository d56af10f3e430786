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
  ['docs/swagger-ui.css', 'text/css'],
  ['docs/swagger-ui-bundle.js', 'text/javascript'],
])('%s is served by us under a policy that lets nothing else load, and not again when unchanged', async (path, type) => {
  const answer = await api.get(`${BASE}/${path}`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(policy).not.toContain('unsafe')
  expect(policy).not.toMatch(/https?:/)
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  const again = await api.app.request(`${BASE}/${path}`, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)
})
