import { silentLog } from '@licenseoperator/domain'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { anApp, aToken, RULES } from '../test/an-app.ts'
import type { HttpEnv } from './http-env.ts'
import {
  clientAddress,
  createTokenVerifier,
  identifyCaller,
  limitFailedAuth,
  rateLimit,
  requireCaller,
  toErrorResponse,
} from './index.ts'

function aLimited(middleware: ReturnType<typeof rateLimit>): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.onError(toErrorResponse(silentLog))
  app.use(middleware, identifyCaller(createTokenVerifier(RULES)))
  app.get('/public', (c) => c.text('ok'))
  app.get('/me', requireCaller, (c) => c.text('ok'))
  return app
}

const byUser = (c: { req: { header(name: string): string | undefined } }) => c.req.header('x-user')
const statusFor = async (app: Hono<HttpEnv>, user: string, headers = {}) =>
  (await app.request('/public', { headers: { 'x-user': user, ...headers } })).status

test('beyond the limit 429 with Retry-After, per key, until the window ends', async () => {
  let now = 0
  const app = aLimited(rateLimit({ limit: 2, windowMs: 60_000, key: byUser, now: () => now }))
  expect([await statusFor(app, 'a'), await statusFor(app, 'a'), await statusFor(app, 'a'), await statusFor(app, 'b')]).toEqual([
    200, 200, 429, 200,
  ])
  now = 45_000
  const refused = await app.request('/public', { headers: { 'x-user': 'a' } })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15'])
  now = 60_000
  expect(await statusFor(app, 'a')).toBe(200)
})

test('memory is bounded: the oldest key is forgotten first', async () => {
  const app = aLimited(rateLimit({ limit: 1, windowMs: 60_000, key: byUser, now: () => 0, maxKeys: 2 }))
  for (const user of ['a', 'b', 'c']) await statusFor(app, user)
  expect([await statusFor(app, 'b'), await statusFor(app, 'c'), await statusFor(app, 'a')]).toEqual([429, 429, 200])
})

test('a renewed window counts as new when the oldest is forgotten', async () => {
  let now = 0
  const app = aLimited(rateLimit({ limit: 1, windowMs: 60_000, key: byUser, now: () => now, maxKeys: 3 }))
  for (const [at, user] of [
    [0, 'a'],
    [30_000, 'b'],
    [70_000, 'a'],
    [70_000, 'c'],
    [70_000, 'd'],
  ] as const) {
    now = at
    await statusFor(app, user)
  }
  expect([await statusFor(app, 'a'), await statusFor(app, 'b')]).toEqual([429, 200])
})

test('after 20 refused credentials even a good one waits, while requests without any go on', async () => {
  const app = aLimited(limitFailedAuth({ key: byUser, now: () => 0 }))
  const me = async (headers: Record<string, string>) =>
    (await app.request('/me', { headers: { 'x-user': 'a', ...headers } })).status
  for (let i = 0; i < 30; i++) expect(await me({})).toBe(401)
  for (let i = 0; i < 20; i++) expect(await me({ Authorization: 'Bearer x' })).toBe(401)
  const good = await aToken()
  expect(await me({ Authorization: good })).toBe(429)
  expect(await me({ Authorization: good, 'x-user': 'b' })).toBe(200)
})

test('good credentials never count', async () => {
  const app = aLimited(limitFailedAuth({ key: byUser, now: () => 0, limit: 1 }))
  const headers = { 'x-user': 'a', Authorization: await aToken() }
  for (let i = 0; i < 5; i++) expect((await app.request('/me', { headers })).status).toBe(200)
})

test.each<[string, string, string | undefined, string]>([
  ['a client without proxy', '203.0.113.9', undefined, '203.0.113.9'],
  ['a client that makes one up', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['behind the proxy', '10.0.0.7', '198.51.100.1', '198.51.100.1'],
  ['behind the proxy, dual stack', '::ffff:10.0.0.7', '198.51.100.1', '198.51.100.1'],
  ['behind two proxies, first part made up', '10.0.0.7', '1.1.1.1, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
  ['IPv6', 'fd00::1', '2001:DB8::1', '2001:db8::1'],
  ['the proxy sends nonsense', '10.0.0.7', 'unknown', '10.0.0.7'],
  ['the proxy sends nothing', '10.0.0.7', undefined, '10.0.0.7'],
])('address of %s', async (_name, remoteAddress, forwarded, expected) => {
  const addressOf = clientAddress(['10.0.0.0/8', 'fd00::1'])
  const app = new Hono<HttpEnv>().get('/', (c) => c.text(addressOf(c)))
  const headers = new Headers(forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded })
  const answer = await app.request('/', { headers }, { incoming: { socket: { remoteAddress } } })
  expect(await answer.text()).toBe(expected)
})

test('proxies must be addresses', () => {
  for (const entry of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8'])
    expect(() => clientAddress([entry])).toThrow('not an address')
})

test('without a socket, as in tests, there still is a key', async () => {
  const app = new Hono<HttpEnv>().get('/', (c) => c.text(clientAddress()(c)))
  expect(await (await app.request('/')).text()).toBe('unknown')
  expect((await anApp().request('/public')).status).toBe(200)
})
