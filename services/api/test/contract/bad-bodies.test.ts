import { request as httpRequest } from 'node:http'
import { silentLog } from '@licenseoperator/domain'
import { serveGracefully } from '@licenseoperator/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnApi, anApi, aSysadmin } from '../an-api.ts'
import { startUncalledStripe } from '../uncalled-stripe.ts'

const BASE = '/authlance/license'
/** Every operation that takes a body, each with one text field that it reads. */
const operations: [method: string, path: string, textField: string][] = [
  ['POST', `${BASE}/trial/acme/issue`, 'domain'],
  ['POST', `${BASE}/internal/issue`, 'group'],
  ['POST', `${BASE}/admin/products`, 'slug'],
  ['PUT', `${BASE}/admin/products/core`, 'name'],
  ['POST', `${BASE}/admin/products/core/coupons`, 'code'],
  ['PUT', `${BASE}/admin/products/core/coupons/1`, 'code'],
  ['POST', `${BASE}/payments/product-details`, 'lookup_key'],
  ['POST', `${BASE}/payments/api/v1/checkout-session`, 'lookupKey'],
  ['POST', `${BASE}/payments/api/v1/customer-portal`, 'customerId'],
  ['POST', `${BASE}/payments/api/v1/maintenance-checkout`, 'licenseId'],
  ['POST', `${BASE}/payments/api/v1/session-id`, 'sessionId'],
]
const JSON_TYPE = { 'content-type': 'application/json' }

let stripe: Awaited<ReturnType<typeof startUncalledStripe>>
let api: AnApi
let root: string
let serving: Awaited<ReturnType<typeof serveGracefully>>

beforeAll(async () => {
  stripe = await startUncalledStripe()
  api = await anApi({ stripe: { apiKey: 'sk_test_none', apiBase: stripe.apiBase } })
  root = await aSysadmin()
  serving = await serveGracefully({ fetch: api.app.fetch, host: '127.0.0.1', port: 0, log: silentLog })
})
afterAll(async () => {
  // Nothing here was good enough to be written down or told to Stripe.
  for (const table of ['products', 'coupons', 'licenses', 'trials', 'reservations', 'audit_log'] as const)
    expect(await api.db.selectFrom(table).selectAll().execute()).toEqual([])
  expect(stripe.calls()).toBe(0)
  await serving.stop()
  await api.close()
  await stripe.stop()
})

async function send(
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
) {
  const answer = await api.app.request(path, { method, body, headers: { authorization: root, ...headers } })
  const text = await answer.text()
  const { code, error, requestId, field }: Record<string, unknown> = JSON.parse(text)
  expect([typeof code, typeof error, typeof requestId]).toEqual(['string', 'string', 'string'])
  return { status: answer.status, code, field }
}

test('the table above names every operation with a body', () => {
  // What is done to a license whose id says all there is to say.
  const bodiless = /\/admin\/licenses\/:licenseId\/(?:resend|revoke-links)$/
  const taking = api.app.routes.filter(({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && !bodiless.test(path))
  const named = operations.map(
    ([method, path]) => `${method} ${path.replace('/acme/', '/{}/').replace('/core', '/{}').replace('/1', '/{}')}`,
  )
  const routed = taking.map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, '{}')}`)
  expect(new Set(routed)).toEqual(new Set(named))
})

describe.each(operations)('%s %s', (method, path, textField) => {
  test.each([
    ['nothing', ''],
    ['malformed JSON', '{a}'],
    ['a truncated object', '{"a":'],
    ['a trailing comma', '{"a":1,}'],
    ['two documents', '{}{}'],
    ['null', 'null'],
    ['an array', '[]'],
    ['a string', '"x"'],
    ['a number', '5'],
    ['1e400', '1e400'],
    ['a byte order mark', '\ufeff{}'],
    ['1000 levels of arrays', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`],
    ['1000 levels of objects', `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`],
  ])('%s: 400', async (_what, body) => {
    expect(await send(method, path, body)).toMatchObject({ status: 400, code: 'invalid_payload' })
  })

  test('invalid UTF-8 and UTF-16: 400', async () => {
    expect(await send(method, path, Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({ status: 400 })
    expect(await send(method, path, Buffer.from('{"a":1}', 'utf16le'))).toMatchObject({ status: 400 })
  })

  test('no content type, another one, or a content encoding: 415', async () => {
    expect(await send(method, path, '{}', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
    expect(await send(method, path, 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
    })
    expect(await send(method, path, '{}', { ...JSON_TYPE, 'content-encoding': 'gzip' })).toMatchObject({ status: 415 })
    expect(await send(method, path, '{}', { 'content-type': 'application/json; charset=latin1' })).toMatchObject({ status: 415 })
  })

  // A product has up to a hundred tiers and fifty metadata values; everything else fits into a quarter of that.
  const largest = (path.includes('/admin/') ? 256 : 64) * 1024
  test(`${largest} bytes and one: 413, declared or chunked`, async () => {
    const body = `{"a":"${'x'.repeat(largest - 7)}"}`
    expect(body).toHaveLength(largest + 1)
    expect(await send(method, path, body)).toMatchObject({ status: 413, code: 'payload_too_large' })
    expect(await chunked(method, path, body)).toBe(413)
  })

  test.each([
    ['0', 0],
    ['[0]', [0]],
    ['true', true],
    ['{}', {}],
    ['an object with toString', { toString: 'x' }],
    ['a NUL', 'a\u0000b'],
    ['a lone surrogate', '\ud800'],
    ['10 000 characters', 'x'.repeat(10_000)],
    ['a control character', 'a\u001bb'],
  ])('%s where text belongs: 400 naming the field', async (_what, value) => {
    // Lone surrogates leave JSON.stringify as escapes, so they arrive as they would from a hostile client.
    expect(await send(method, path, JSON.stringify({ [textField]: value }))).toMatchObject({ status: 400, field: textField })
  })

  test('prototype names as keys change nothing, duplicate keys mean the last', async () => {
    await send(method, path, `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"${textField}":0}`)
    expect(Object('')).not.toHaveProperty('polluted')
    expect(await send(method, path, `{"${textField}":"fine","${textField}":0}`)).toMatchObject({ status: 400, field: textField })
  })
})

test('unknown routes: 404; another method: 405 with Allow; both with the shape of errors', async () => {
  for (const path of ['/nowhere', `${BASE}/payments/nowhere`, `${BASE}/admin/nowhere`, '/authlance', `/${BASE}/products`]) {
    const answer = await api.get(path, root)
    expect({ path, status: answer.status, ...(await answer.json()) }).toMatchObject({ path, status: 404, code: 'not_found' })
  }
  for (const [path, allow] of [
    [`${BASE}/products`, 'GET, HEAD'],
    [`${BASE}/admin/products`, 'GET, HEAD, POST'],
    [`${BASE}/admin/products/core/coupons/1`, 'PUT, DELETE'],
    [`${BASE}/trial/acme/issue`, 'POST'],
  ] as const) {
    const answer = await api.app.request(path, { method: 'PATCH', headers: { authorization: root } })
    expect({ path, status: answer.status, ...(await answer.json()) }).toMatchObject({
      path,
      status: 405,
      code: 'method_not_allowed',
    })
    expect(new Set(answer.headers.get('allow')?.split(', '))).toEqual(new Set(allow.split(', ')))
  }
})

/** Without a content length, over a real connection. */
function chunked(method: string, path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: root, ...JSON_TYPE, 'transfer-encoding': 'chunked' }
    const request = httpRequest(`${serving.url}${path}`, { method, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    // The server may answer and hang up while we are still sending.
    request.on('error', reject)
    request.end(body)
  })
}
