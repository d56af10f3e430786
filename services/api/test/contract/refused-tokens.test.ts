import { openDatabase } from '@licenseoperator/db'
import { type Log, silentLog } from '@licenseoperator/domain'
import { createMetrics } from '@licenseoperator/http'
import { noOperatorLicense } from '@licenseoperator/licensing'
import { createStripe } from '@licenseoperator/stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp, createCatalogView } from '../../src/index.ts'
import { type AnApi, aMember, anApi, keys, settings } from '../an-api.ts'

let api: AnApi
beforeAll(async () => {
  api = await anApi()
})
afterAll(() => api.close())

interface InstanceOptions {
  readonly db?: AnApi['db']
  readonly log?: Log
  readonly trustedProxies?: readonly string[]
}

/** Another instance over the same MySQL, or over one that is away. */
function anInstance({ db = api.db, log = silentLog, trustedProxies = settings.trustedProxies }: InstanceOptions = {}) {
  return createApp({
    db,
    stripe: createStripe({ apiKey: 'sk_test_none', apiBase: 'http://127.0.0.1:9' }),
    keys,
    operatorLicense: noOperatorLicense,
    catalog: createCatalogView({ announce: () => undefined }),
    config: { ...settings, trustedProxies },
    checks: {},
    log,
    metrics: createMetrics(),
    now: () => new Date(),
  })
}

const LICENSES = '/authlance/license/groups/acme/licenses'
const ask = async (app: AnApi['app'], remoteAddress: string, path: string, token?: string, forwardedFor?: string) => {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
  }
  return (await app.request(path, { headers }, { incoming: { socket: { remoteAddress } } })).status
}

describe('21 refused tokens in a minute from one address', () => {
  test('refuse the next such token, and nothing else from there', async () => {
    const address = '192.0.2.10'
    for (let i = 0; i < 20; i += 1) expect(await ask(api.app, address, LICENSES, 'guess')).toBe(401)
    const refused = await api.app.request(
      LICENSES,
      { headers: { authorization: 'Bearer guess' } },
      { incoming: { socket: { remoteAddress: address } } },
    )
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
    for (const path of ['/healthz', '/readyz', '/metrics', '/authlance/license/products'])
      expect(await ask(api.app, address, path, 'guess')).toBe(200)
    expect(await ask(api.app, address, LICENSES)).toBe(401)
    expect(await ask(api.app, address, LICENSES, await aMember('acme'))).toBe(200)
  })

  test('count in every instance, and for the whole /64 of an IPv6 host', async () => {
    const other = anInstance()
    for (let i = 0; i < 20; i += 1)
      expect(await ask(i % 2 === 0 ? api.app : other, `2001:db8::${i}`, LICENSES, 'guess')).toBe(401)
    expect(await ask(other, '2001:db8::99', LICENSES, 'guess')).toBe(429)
    expect(await ask(api.app, '2001:db8::ffff:1', LICENSES, 'guess')).toBe(429)
    expect(await ask(api.app, '2001:db8:0:1::1', LICENSES, 'guess')).toBe(401)
  })

  test('behind a configured proxy count for the client that sent them, not for those beside it', async () => {
    const app = anInstance({ trustedProxies: ['10.0.0.0/8'] })
    for (let i = 0; i < 20; i += 1) expect(await ask(app, '10.0.0.1', LICENSES, 'guess', '198.51.100.1')).toBe(401)
    expect(await ask(app, '10.0.0.1', LICENSES, 'guess', '198.51.100.1')).toBe(429)
    expect(await ask(app, '10.0.0.1', LICENSES, 'guess', '198.51.100.2')).toBe(401)
  })

  test('count also while MySQL is away, and never end in a 5xx', async () => {
    const away = openDatabase({ host: '127.0.0.1', port: 9, user: 'nobody', password: 'no-such-password', database: 'none' })
    const app = anInstance({ db: away.db })
    for (let i = 0; i < 20; i += 1) expect(await ask(app, '192.0.2.11', LICENSES, 'guess')).toBe(401)
    expect(await ask(app, '192.0.2.11', LICENSES, 'guess')).toBe(429)
    await away.close()
  })
})

test('a proxy that is not configured is told of once, with its address: its clients all count as one', async () => {
  const warned: unknown[] = []
  const log: Log = { ...silentLog, warn: (message, fields) => void warned.push({ message, ...fields }) }
  const app = anInstance({ log, trustedProxies: ['10.0.0.0/8'] })
  await ask(app, '10.0.0.1', LICENSES, 'guess', '198.51.100.1')
  expect(warned).toEqual([])
  for (const client of ['198.51.100.1', '198.51.100.2']) await ask(app, '192.0.2.77', LICENSES, 'guess', client)
  expect(warned).toEqual([{ message: expect.stringContaining('server.trusted_proxies'), peer: '192.0.2.77' }])
})
