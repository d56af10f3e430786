import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { createTestDatabase, type TestDatabase } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

const MAIN = new URL('../src/main.ts', import.meta.url).pathname
const SECRET = 'a secret of this test, 32 bytes or more'
const started = new Set<ChildProcess>()
let database: TestDatabase
let privateKeyPem: string

beforeAll(async () => {
  privateKeyPem = (await generateSigningKey({ modulusLength: 2048 })).privateKeyPem
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
  expect(await ready.json()).toEqual({ status: 'ok', checks: { mysql: 'up', nats: 'up' } })
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})

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

test('MySQL or NATS cannot be reached: 1, one line, after a bounded wait', async () => {
  const noMysql = startProgram({ LICENSEOPERATOR_MYSQL_DSN: 'root:secret@tcp(127.0.0.1:9)/none?parseTime=true' })
  const noNats = startProgram({ LICENSEOPERATOR_NATS_URL: 'nats://user:secret@127.0.0.1:9' })
  const failures = await Promise.all([failureOf(noMysql), failureOf(noNats)])
  expect(failures.map(({ code }) => code)).toEqual([1, 1])
  expect(failures[0]?.said).toMatch(/^api: MySQL[^\n]+127\.0\.0\.1:9 \(\w+\)\n$/)
  expect(failures[1]?.said).toMatch(/^api: NATS[^\n]+\n$/)
  expect(JSON.stringify(failures)).not.toContain('secret')
}, 60_000)
