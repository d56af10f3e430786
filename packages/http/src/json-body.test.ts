import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { anApp } from '../test/an-app.ts'
import type { HttpEnv } from './http-env.ts'
import { jsonBodyLimits } from './json-body.ts'

const app = anApp()
const order = { slug: 'core', seats: 3 }
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream | undefined

function post(body: Body, headers: Record<string, string> = { 'Content-Type': 'application/json' }): Promise<Response> {
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers,
    duplex: 'half',
    ...(body === undefined ? {} : { body }),
  }
  return Promise.resolve(app.request('/public-orders', init))
}

function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...values, ...new TextEncoder().encode(JSON.stringify(order))])
}

const deep = `{"slug":"core","seats":1,"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`

test.each<[string, Body]>([
  ['no body', undefined],
  ['empty', ''],
  ['not JSON', '{a}'],
  ['truncated', '{"slug":"core"'],
  ['a trailing comma', '{"slug":"core","seats":1,}'],
  ['two documents', '{"slug":"core","seats":1}{}'],
  ['a byte order mark', bytes(0xef, 0xbb, 0xbf)],
  ['UTF-16', new Uint8Array(Buffer.from(JSON.stringify(order), 'utf16le'))],
  [
    'invalid UTF-8',
    new Uint8Array([...new TextEncoder().encode('{"slug":"'), 0xff, ...new TextEncoder().encode('","seats":1}')]),
  ],
  ['null', 'null'],
  ['an array', '[]'],
  ['text', '"x"'],
  ['a number', '5'],
  ['10 000 levels', deep],
  ['an unclosed 10 000 levels', '['.repeat(10_000)],
  ['a required null', '{"slug":null,"seats":1}'],
])('400: %s', async (_name, body) => {
  const answer = await post(body)
  expect(answer.status).toBe(400)
  const { error, code, requestId } = (await answer.json()) as Record<string, string>
  expect(error).toMatch(/^invalid order: /)
  expect([code, requestId?.length]).toEqual(['invalid_payload', 36])
})

test.each<[string, Record<string, string>]>([
  ['text', { 'Content-Type': 'text/plain' }],
  ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['something like JSON', { 'Content-Type': 'application/jsonx' }],
  ['another character set', { 'Content-Type': 'application/json; charset=utf-16' }],
  ['gzip', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
  ['two encodings', { 'Content-Type': 'application/json', 'Content-Encoding': 'identity, gzip' }],
  ['no content type', {}],
])('415: %s', async (_name, headers) => {
  // A string would get a content type of its own from fetch.
  const answer = await post(bytes(), headers)
  expect(answer.status).toBe(415)
  expect(await answer.json()).toMatchObject({ code: 'unsupported_media_type' })
})

test('JSON is accepted with the usual decoration', async () => {
  for (const type of ['application/json', 'Application/JSON; Charset="UTF-8"', 'application/json;charset=utf-8']) {
    const answer = await post(bytes(), { 'Content-Type': type, 'Content-Encoding': 'identity' })
    expect(await answer.json()).toEqual(order)
  }
})

test('64 KiB are accepted, a byte more is not, declared or streamed', async () => {
  const padded = (size: number) => JSON.stringify(order).padEnd(size, ' ')
  const streamed = (size: number) => new Blob([padded(size)]).stream()
  const declared = (size: number) => ({ 'Content-Type': 'application/json', 'Content-Length': String(size) })
  expect((await post(padded(65_536))).status).toBe(200)
  expect((await post(padded(65_537))).status).toBe(413)
  expect((await post(streamed(65_536))).status).toBe(200)
  expect((await post(streamed(65_537))).status).toBe(413)
  expect((await post('{}', declared(65_537))).status).toBe(413)
})

test('null equals absent, in arrays it stays', async () => {
  expect(await (await post('{"slug":"core","seats":3,"email":null,"tiers":[{"amount":1,"x":null}]}')).json()).toEqual({
    ...order,
    tiers: [{ amount: 1 }],
  })
  expect((await post('{"slug":"core","seats":3,"tiers":[null]}')).status).toBe(400)
})

test('of repeated keys the last one wins, and unknown or dangerous ones do nothing', async () => {
  const answer = await post(
    '{"seats":1,"seats":2,"slug":"core","other":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  )
  expect(await answer.json()).toEqual({ slug: 'core', seats: 2 })
  expect('polluted' in {}).toBe(false)
})

test.each<[string, unknown, string, string]>([
  ['missing', {}, 'slug', 'slug is required'],
  ['a number for text', { ...order, slug: 0 }, 'slug', 'slug must be a string'],
  ['an array for text', { ...order, slug: [0] }, 'slug', 'slug must be a string'],
  ['an object for text', { ...order, slug: { toString: 'x' } }, 'slug', 'slug must be a string'],
  ['true for text', { ...order, slug: true }, 'slug', 'slug must be a string'],
  ['empty text', { ...order, slug: '' }, 'slug', 'slug must have at least 1 character(s)'],
  ['blanks', { ...order, slug: ' \u00a0 ' }, 'slug', 'slug must not be blank'],
  ['too long', { ...order, slug: 'x'.repeat(21) }, 'slug', 'slug must have at most 20 character(s)'],
  ['NUL', { ...order, slug: 'a\0b' }, 'slug', 'slug must not contain control characters'],
  ['a control character', { ...order, slug: 'a\u0085' }, 'slug', 'slug must not contain control characters'],
  ['a line break', { ...order, slug: 'a\nb' }, 'slug', 'slug must not contain control characters'],
  ['text for an integer', { ...order, seats: '5' }, 'seats', 'seats must be a number'],
  ['a fraction', { ...order, seats: 1.5 }, 'seats', 'seats must be an integer'],
  ['a negative number', { ...order, seats: -1 }, 'seats', 'seats must be more than 0'],
  ['an unknown word', { ...order, kind: 'c' }, 'kind', 'kind must be one of a, b'],
  ['a bad address', { ...order, email: 'ada' }, 'email', 'email is not a valid email'],
  [
    'a nested field',
    { ...order, tiers: [{ amount: 1 }, { amount: 'x' }] },
    'tiers[1].amount',
    'tiers[1].amount must be a number',
  ],
])('400 names field and reason: %s', async (_name, body, field, reason) => {
  const answer = await post(JSON.stringify(body))
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: `invalid order: ${reason}`, code: 'invalid_payload', field })
})

test('a lone surrogate is refused, other unusual letters come back unchanged', async () => {
  expect((await post('{"slug":"a\\ud800","seats":1}')).status).toBe(400)
  for (const slug of ['\u202eabc', '👩‍🚀', 'a\u0308', 'ä']) {
    expect(await (await post(JSON.stringify({ ...order, slug }))).json()).toEqual({ ...order, slug })
  }
})

test('numbers beyond the exact range are refused', async () => {
  for (const seats of ['1e400', '9007199254740993']) expect((await post(`{"slug":"core","seats":${seats}}`)).status).toBe(400)
})

test('used for a whole app it still leaves unknown paths and other methods alone', async () => {
  const whole = new Hono<HttpEnv>()
  whole.use(jsonBodyLimits())
  whole.post('/keys', async (c) => {
    const body = await c.req.json()
    return c.json({ body, elements: Object.keys(body.b) })
  })
  const send = (path: string, body: string) =>
    whole.request(path, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  expect((await send('/nowhere', 'x')).status).toBe(404)
  const { body, elements } = await (await send('/keys', '{"a":null,"b":[null,1],"c":{"d":null}}')).json()
  expect([body, elements]).toEqual([{ b: [null, 1], c: {} }, ['0', '1']])
})
