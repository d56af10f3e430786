import { DomainError, errorCodes } from '@licenseoperator/domain'
import { HTTPException } from 'hono/http-exception'
import { expect, test } from 'vitest'
import { aDriverError, anApp, aToken, keptLines } from '../test/an-app.ts'
import { createLog, statusOf } from './index.ts'

async function answerTo(failure: unknown) {
  const { lines, options } = keptLines()
  const answer = await anApp({ log: createLog(options), failure: () => failure }).request('/fail')
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
    log: lines.join(''),
  }
}

test.each(errorCodes.filter((code) => code !== 'seat_limit_exceeded'))(
  '%s has its status, the shape and the request id',
  async (code) => {
    const { status, headers, body } = await answerTo(new DomainError(code, 'because', { field: 'slug' }))
    expect(status).toBe(statusOf[code])
    expect(body).toEqual({ error: 'because', code, field: 'slug', requestId: headers.get('x-request-id') })
  },
)

test('the seat limit has the shape the dashboard looks for', async () => {
  const refusal = new DomainError('seat_limit_exceeded', 'seat limit reached', { cause: { required: 6, seatLimit: 5 } })
  const { status, body } = await answerTo(refusal)
  expect(status).toBe(409)
  expect(body).toMatchObject({
    error: 'seat_limit_exceeded',
    message: 'seat limit reached',
    required: 6,
    seatLimit: 5,
    code: 'seat_limit_exceeded',
  })
})

test('who is turned away for now learns when to come back', async () => {
  const retryAfter = async (error: DomainError) => (await answerTo(error)).headers.get('retry-after')
  expect(await retryAfter(new DomainError('temporarily_unavailable', 'temporarily unavailable'))).toBe('5')
  expect(await retryAfter(new DomainError('temporarily_unavailable', 'x', { retryAfterSeconds: 1.2 }))).toBe('2')
  expect(await retryAfter(new DomainError('rate_limited', 'x', { retryAfterSeconds: 0 }))).toBe('1')
  expect(await retryAfter(new DomainError('forbidden', 'x'))).toBeNull()
})

test.each([
  [400, 400, 'invalid_payload'],
  [413, 413, 'payload_too_large'],
  [415, 415, 'unsupported_media_type'],
  [418, 400, 'invalid_payload'],
  [500, 500, 'internal'],
] as const)("hono's %i becomes %i %s", async (thrown, status, code) => {
  const answer = await answerTo(new HTTPException(thrown, { message: 'Malformed JSON in request body' }))
  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect(answer.body.error).not.toContain('Malformed')
})

test('an unknown error answers with the text of the route, and neither answer nor log show what a driver wrote', async () => {
  for (const failure of [aDriverError(), new Error('outer ada@acme.test', { cause: aDriverError() })]) {
    const { status, body, log } = await answerTo(failure)
    expect(status).toBe(500)
    expect(body).toMatchObject({ error: 'failed to load product', code: 'internal' })
    expect(log).toContain('"code":"ER_DUP_ENTRY","errno":1062,"sqlState":"23000"')
    expect(log).toContain('an-app.ts') // positions in the code stay, or nobody could find the cause
    expect(JSON.stringify(body) + log).not.toMatch(/acme|INSERT|Duplicate/)
    expect(log).toContain(`"requestId":"${body.requestId}"`)
  }
})

test('a refusal is not logged as a failure', async () => {
  expect((await answerTo(new DomainError('forbidden', 'forbidden'))).log).toBe('')
})

test('unknown path: 404; known path and other method: 405 with Allow; a route that finds nothing: 404', async () => {
  const app = anApp()
  const unknown = await app.request('/nowhere')
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: 'not found', code: 'not_found' }])
  const put = await app.request('/public', { method: 'PUT' })
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(await put.json()).toMatchObject({ error: 'method not allowed', code: 'method_not_allowed' })
  expect((await app.request('/orders/7', { method: 'GET' })).headers.get('allow')).toBe('DELETE')
  const gone = await app.request('/gone')
  expect([gone.status, await gone.json()]).toMatchObject([404, { error: 'no such product' }])
  const head = await app.request('/public', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('a sane request id is kept, any other replaced', async () => {
  const idFor = async (id: string) =>
    (await anApp().request('/public', { headers: { 'X-Request-Id': id } })).headers.get('x-request-id')
  expect(await idFor('trace-01_x=')).toBe('trace-01_x=')
  for (const bad of ['a b', '<script>', 'x'.repeat(65), '']) expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/)
})

test('nothing tells browsers to guess or to keep, and no framework is named', async () => {
  const { headers } = await anApp().request('/public')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-powered-by')).toBeNull()
  expect(headers.get('strict-transport-security')).toBeNull()
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('cache-control')).toBeNull()
  const mine = await anApp().request('/me', { headers: { Authorization: `Bearer ${await aToken()}` } })
  expect(mine.headers.get('cache-control')).toBe('no-store')
})
