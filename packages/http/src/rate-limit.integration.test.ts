import { DomainError, silentLog } from '@licenseoperator/domain'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { anApp, aToken, RULES } from '../test/an-app.ts'
import type { HttpEnv } from './http-env.ts'
import {
  clientAddress,
  clientNetwork,
  createLimiter,
  createTokenVerifier,
  identifyCaller,
  limitFailedAuth,
  type RateLimitStore,
  rateLimit,
  requireCaller,
  toErrorResponse,
} from './index.ts'

const byUser = (c: { req: { header(name: string): string | undefined } }) => c.req.header('x-user') ?? 'nobody'

// Windows are counted on the host's clock.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Counters of several instances, as MySQL keeps them. */
function aStore(): RateLimitStore & { readonly asked: string[] } {
  const counters = new Map<string, { points: number; endsAt: number }>()
  const asked: string[] = []
  return {
    asked,
    async add(key, points, windowMs) {
      asked.push(key)
      const found = counters.get(key)
      const open = found !== undefined && found.endsAt > Date.now() ? found : { points: 0, endsAt: Date.now() + windowMs }
      open.points += points
      counters.set(key, open)
      return { points: open.points, msLeft: open.endsAt - Date.now() }
    },
  }
}

describe('a route with a limit', () => {
  const limited = () => {
    const app = new Hono<HttpEnv>()
    app.onError(toErrorResponse(silentLog))
    const limiter = createLimiter({ name: 'test', limit: 2, windowMs: 60_000, log: silentLog })
    app.get('/public', rateLimit({ limiter, key: byUser }), (c) => c.text('ok'))
    return (user: string) => app.request('/public', { headers: { 'x-user': user } })
  }

  test('beyond it 429 with Retry-After, per key, until the window ends', async () => {
    const ask = limited()
    const statuses = [await ask('a'), await ask('a'), await ask('a'), await ask('b')].map(({ status }) => status)
    expect(statuses).toEqual([200, 200, 429, 200])
    vi.advanceTimersByTime(45_000)
    const refused = await ask('a')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15'])
    vi.advanceTimersByTime(15_000)
    expect((await ask('a')).status).toBe(200)
  })

  test('a point that is given back counts no more', async () => {
    const limiter = createLimiter({ name: 'test', limit: 1, windowMs: 60_000, log: silentLog })
    for (let round = 0; round < 3; round++) {
      await limiter.take('a')
      await limiter.giveBack('a')
    }
    await limiter.take('a')
    await expect(limiter.take('a')).rejects.toMatchObject({ code: 'rate_limited' })
  })
})

describe('refused credentials', () => {
  function instance(store?: RateLimitStore): (path: string, headers?: Record<string, string>) => Promise<number> {
    const app = new Hono<HttpEnv>()
    app.onError(toErrorResponse(silentLog))
    const onRefused = limitFailedAuth({ key: byUser, store, log: silentLog })
    app.use(identifyCaller(createTokenVerifier(RULES), { onRefused }))
    app.get('/public', (c) => c.text('ok'))
    app.get('/me', requireCaller, (c) => c.text('ok'))
    return async (path, headers = {}) => (await app.request(path, { headers: { 'x-user': 'a', ...headers } })).status
  }
  const bad = { Authorization: 'Bearer x' }

  test('after 20 a minute the next refused one is 429; good ones, none and public pages are served as ever', async () => {
    const ask = instance()
    const good = await aToken()
    for (let i = 0; i < 20; i++) expect(await ask('/me', bad)).toBe(401)
    expect(await ask('/me', bad)).toBe(429)
    expect(await ask('/me', { Authorization: good })).toBe(200)
    expect(await ask('/me')).toBe(401)
    expect(await ask('/public', bad)).toBe(200)
    expect(await ask('/me', { ...bad, 'x-user': 'b' })).toBe(401)
    vi.advanceTimersByTime(60_000)
    expect(await ask('/me', bad)).toBe(401)
  })

  test('good ones never count', async () => {
    const ask = instance()
    const good = await aToken()
    for (let i = 0; i < 25; i++) expect(await ask('/me', { Authorization: good })).toBe(200)
    expect(await ask('/me', bad)).toBe(401)
  })

  test('what cannot be judged, because the identity provider is away, is not refused and never counts', async () => {
    const app = new Hono<HttpEnv>()
    app.onError(toErrorResponse(silentLog))
    const onRefused = vi.fn(async () => undefined)
    const away = () => Promise.reject(new DomainError('temporarily_unavailable', 'temporarily unavailable'))
    app.use(identifyCaller({ verify: away }, { onRefused }))
    app.get('/me', requireCaller, (c) => c.text('ok'))
    expect((await app.request('/me', { headers: bad })).status).toBe(503)
    expect(onRefused).not.toHaveBeenCalled()
  })

  test('instances count together, and a key without points left is refused without asking the store again', async () => {
    const store = aStore()
    const [first, second] = [instance(store), instance(store)]
    for (let i = 0; i < 10; i++) expect([await first('/me', bad), await second('/me', bad)]).toEqual([401, 401])
    expect([await first('/me', bad), await second('/me', bad)]).toEqual([429, 429])
    const asked = store.asked.length
    for (let i = 0; i < 50; i++) expect(await first('/me', bad)).toBe(429)
    expect(store.asked.length - asked).toBe(0)
  })

  test.each<[string, RateLimitStore['add']]>([
    ['refuses', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise(() => {})],
  ])('a store that %s changes no answer: the process counts alone', async (_what, add) => {
    vi.useRealTimers()
    const ask = instance({ add })
    for (let i = 0; i < 20; i++) expect(await ask('/me', bad)).toBe(401)
    expect(await ask('/me', bad)).toBe(429)
    expect(await ask('/me', { Authorization: await aToken() })).toBe(200)
  })
})

test('a store that is away is not asked again at once: nobody waits for it meanwhile', async () => {
  let asked = 0
  const add = () => {
    asked += 1
    return Promise.reject(new Error('away'))
  }
  const limiter = createLimiter({ name: 'test', limit: 20, windowMs: 60_000, store: { add }, log: silentLog })
  for (let i = 0; i < 5; i++) await limiter.take('a')
  expect(asked).toBe(1)
  vi.advanceTimersByTime(5001)
  await limiter.take('a')
  expect(asked).toBe(2)
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff::9', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['2001:0db8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2::/64'],
  ['fe80::1', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
])('whom a limit counts: %s is %s', async (remoteAddress, expected) => {
  const networkOf = clientNetwork()
  const app = new Hono<HttpEnv>().get('/', (c) => c.text(networkOf(c)))
  expect(await (await app.request('/', {}, { incoming: { socket: { remoteAddress } } })).text()).toBe(expected)
})

test('a peer that speaks for others without being a configured proxy is noticed', async () => {
  const noticed: string[] = []
  const addressOf = clientAddress(['10.0.0.0/8'], { onUntrusted: (peer) => noticed.push(peer) })
  const app = new Hono<HttpEnv>().get('/', (c) => c.text(addressOf(c)))
  const ask = (remoteAddress: string, headers: Record<string, string>) =>
    app.request('/', { headers }, { incoming: { socket: { remoteAddress } } })
  await ask('192.0.2.1', {})
  await ask('10.0.0.7', { 'X-Forwarded-For': '198.51.100.1' })
  expect(noticed).toEqual([])
  await ask('192.0.2.1', { 'X-Forwarded-For': '198.51.100.1' })
  expect(noticed).toEqual(['192.0.2.1'])
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
