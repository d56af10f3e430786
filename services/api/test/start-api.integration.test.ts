import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { mintToken } from '@licenseoperator/http'
import { generateSigningKey, loadSigningKey, signLicense } from '@licenseoperator/signing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const MAIN = new URL('../src/main.ts', import.meta.url).pathname
const SECRET = 'a secret of this test, 32 bytes or more'
const started = new Set<ChildProcess>()
let database: TestDatabase
let privateKeyPem: string
let publicKeyPem: string

beforeAll(async () => {
  ;({ privateKeyPem, publicKeyPem } = await generateSigningKey({ modulusLength: 2048 }))
  database = await createTestDatabase()
})
afterEach(async () => {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  started.clear()
})
afterAll(() => database.drop())

/** The program itself, with a configuration that works but for `changes`. */
function startProgram(changes: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      LICENSEOPERATOR_SERVER_ADDR: '127.0.0.1:0',
      LICENSEOPERATOR_MYSQL_DSN: database.dsn,
      LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL,
      LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: SECRET,
      LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: privateKeyPem }]),
      LICENSEOPERATOR_STRIPE_API_KEY: 'sk_test_none',
      LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_none',
      LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
      ...changes,
    },
  })
  started.add(child)
  return child
}

/** What a program that cannot start says, and its exit code. */
async function failureOf(child: ReturnType<typeof startProgram>): Promise<{ code: unknown; said: string }> {
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { code, said }
}

/** Reads on after the line it waits for: a closed pipe would fail the program under test. */
function urlOf(child: ReturnType<typeof startProgram>): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.stdout.on('data', (chunk) => {
      log += String(chunk)
      const url = /"url":"([^"]+)"/.exec(log)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', () => reject(new Error(`the program ended: ${log}`)))
  })
}

test('starts, is ready, and ends with 0 on SIGTERM', async () => {
  const child = startProgram()
  const url = await urlOf(child)
  const ready = await fetch(`${url}/readyz`)
  expect(await ready.json()).toEqual({ status: 'ok', checks: { mysql: 'up' } })
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})

/** A license that is good now, for a day. */
async function ownLicense(): Promise<string> {
  const at = (ms: number) => new Date(Math.floor((Date.now() + ms) / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  const payload = {
    v: 1 as const,
    licenseId: 'L-01JZX3F9T5M2Q8V7K4N6R0B1CD',
    group: 'vendor',
    email: 'ops@vendor.test',
    productKey: 'licenseoperator',
    plan: 'pro',
    licenseType: 'subscription' as const,
    issuedAt: at(-60_000),
    expiresAt: at(86_400_000),
    priceLocked: false,
    domain: 'example.com',
  }
  return (await signLicense(payload, loadSigningKey({ privateKeyPem }))).text
}

test('an own license that is none closes administration only, and a good one put in its place opens it without a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'own-license-'))
  const filePath = join(folder, 'own.lic')
  writeFileSync(filePath, 'no license')
  const child = startProgram({
    LICENSEOPERATOR_LICENSE_FILE_PATH: filePath,
    LICENSEOPERATOR_LICENSE_PUBLIC_KEY_PEM: publicKeyPem,
    LICENSEOPERATOR_LICENSE_EXPECTED_DOMAIN: '.Example.com',
  })
  const url = await urlOf(child)
  const token = await mintToken({ secret: SECRET, ttlMs: 300_000, identity: 'ops', roles: ['sysadmin'], groups: [] })
  const administration = () => fetch(`${url}/authlance/license/admin/products`, { headers: { authorization: `Bearer ${token}` } })
  const metrics = async () => (await fetch(`${url}/metrics`)).text()
  expect((await administration()).status).toBe(403)
  expect(await metrics()).toContain('\nlicenseoperator_operator_license_good 0\n')
  expect((await fetch(`${url}/authlance/license/products`)).status).toBe(200)
  writeFileSync(`${filePath}.next`, await ownLicense())
  renameSync(`${filePath}.next`, filePath)
  for (let tries = 0; (await administration()).status !== 200 && tries < 200; tries += 1) await sleep(100)
  expect((await administration()).status).toBe(200)
  expect(await metrics()).toContain('\nlicenseoperator_operator_license_good 1\n')
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
  rmSync(folder, { recursive: true })
}, 60_000)

test('tokens of a configured identity provider: 200 with its key, 503 once it is needed and away, 401 for an algorithm left out', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] })
  const provider = createHttpServer((_request, response) => response.end(jwks)).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const address = provider.address()
  const port = address === null || typeof address === 'string' ? 0 : address.port
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { exp: Math.floor(Date.now() / 1000) + 300, user: { identity: 'ops', roles: ['sysadmin'], groups: [] } }
  const signed = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`
  const token = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
  const answers = async (changes: Record<string, string>) => {
    const url = await urlOf(startProgram(changes))
    return (await fetch(`${url}/authlance/license/admin/products`, { headers: { authorization: `Bearer ${token}` } })).status
  }
  const here = { LICENSEOPERATOR_INTERNAL_AUTH_JWKS_URL: `http://127.0.0.1:${port}/keys` }
  const away = { LICENSEOPERATOR_INTERNAL_AUTH_JWKS_URL: 'http://127.0.0.1:9/keys' }
  const narrowed = { ...here, LICENSEOPERATOR_INTERNAL_AUTH_JWKS_ALGORITHMS: 'ES256' }
  expect([await answers(here), await answers(away), await answers(narrowed), await answers({})]).toEqual([200, 503, 401, 401])
  provider.closeAllConnections()
  provider.close()
}, 60_000)

test('a wrong configuration: 78, and every problem listed without its value', async () => {
  const changes = { LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'tooshort', LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'nowhere' }
  const { code, said } = await failureOf(startProgram(changes))
  expect(code).toBe(78)
  expect(said).toContain('internal_auth.jwt_secret')
  expect(said).toContain('stripe.root_app_url')
  expect(said).not.toContain('tooshort')
})

test('a port in use: 1, and one line', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const port = address === null || typeof address === 'string' ? 0 : address.port
  const { code, said } = await failureOf(startProgram({ LICENSEOPERATOR_SERVER_ADDR: `127.0.0.1:${port}` }))
  holder.close()
  expect({ code, said }).toEqual({ code: 1, said: `api: cannot listen on 127.0.0.1:${port}: the port is already in use\n` })
})

test('MySQL cannot be reached: 1, one line, after a bounded wait', async () => {
  const noMysql = startProgram({ LICENSEOPERATOR_MYSQL_DSN: 'root:secret@tcp(127.0.0.1:9)/none?parseTime=true' })
  const { code, said } = await failureOf(noMysql)
  expect(code).toBe(1)
  expect(said).toMatch(/^api: MySQL at 127\.0\.0\.1:9 cannot be reached: [^\n]+ \(\w+\)\n$/)
  expect(said).not.toContain('secret')
}, 60_000)

test('without NATS it starts, is ready and serves; what is missing is a metric', async () => {
  const url = await urlOf(startProgram({ LICENSEOPERATOR_NATS_URL: 'nats://user:secret@127.0.0.1:9' }))
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect((await fetch(`${url}/authlance/license/products`)).status).toBe(200)
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('\nlicenseoperator_nats_connected 0\n')
})

test('SIGTERM: not ready, but serving for the configured time, then 0; SIGINT does not wait', async () => {
  const drained = startProgram({ LICENSEOPERATOR_SERVER_DRAIN_DELAY: '3s' })
  const url = await urlOf(drained)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const exit = once(drained, 'exit')
  drained.kill('SIGTERM')
  while ((await fetch(`${url}/readyz`)).status === 200) await sleep(20)
  const answer = await fetch(`${url}/authlance/license/products`)
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
  expect(await exit).toEqual([0, null])

  const interrupted = startProgram({ LICENSEOPERATOR_SERVER_DRAIN_DELAY: '5m' })
  // Its signals are heard once it has said that it runs; an answer later they certainly are.
  expect((await fetch(`${await urlOf(interrupted)}/readyz`)).status).toBe(200)
  const ended = once(interrupted, 'exit')
  interrupted.kill('SIGINT')
  expect(await ended).toEqual([0, null])
}, 30_000)

test('with an address for operators, readiness and metrics are there and not where the public is', async () => {
  const child = startProgram({ LICENSEOPERATOR_SERVER_ADMIN_ADDR: '127.0.0.1:0' })
  const log: string[] = []
  child.stdout.on('data', (chunk) => log.push(String(chunk)))
  const url = await urlOf(child)
  const adminUrl = /"adminUrl":"([^"]+)"/.exec(log.join(''))?.[1]
  const status = async (base: string | undefined, path: string) => (await fetch(`${base}${path}`)).status
  for (const path of ['/readyz', '/metrics']) expect([await status(url, path), await status(adminUrl, path)]).toEqual([404, 200])
  expect([await status(url, '/healthz'), await status(adminUrl, '/healthz')]).toEqual([200, 200])
  expect(await status(adminUrl, '/authlance/license/products')).toBe(404)
})

test('one address has as many connections as the configuration says: the oldest idle one makes way', async () => {
  const url = new URL(await urlOf(startProgram({ LICENSEOPERATOR_SERVER_MAX_CONNECTIONS_PER_ADDRESS: '1' })))
  const idle = connect(Number(url.port), url.hostname)
  await once(idle, 'connect')
  expect((await fetch(`${url}healthz`)).status).toBe(200)
  // Not a word: one that is closed for its silence gets a 408.
  expect(await text(idle)).toBe('')
})
