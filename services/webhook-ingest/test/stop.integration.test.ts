import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase, testMysqlAccount } from '@licenseoperator/db/testing'
import { generateSigningKey } from '@licenseoperator/signing'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openHangingProxy } from './a-hanging-proxy.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
let database: TestDatabase
let emulator: Emulator
beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator()])
})
afterAll(() => Promise.all([database.drop(), emulator.stop()]))

/** A role as a process of its own. @returns what resolves once it runs, and the process */
async function start(role: string, mysqlPort: number): Promise<{ child: ChildProcess; running: Promise<unknown> }> {
  const key = await generateSigningKey({ modulusLength: 2048 })
  const env = {
    PATH: process.env.PATH,
    LICENSEOPERATOR_SECURITY: JSON.stringify([{ product_key: 'core', private_key_pem: key.privateKeyPem }]),
    LICENSEOPERATOR_INTERNAL_AUTH_JWT_SECRET: 'a shared secret of at least 32 bytes',
    LICENSEOPERATOR_STRIPE_API_KEY: emulator.apiKey,
    LICENSEOPERATOR_STRIPE_API_BASE: emulator.url,
    LICENSEOPERATOR_STRIPE_WEBHOOK_SECRET: 'whsec_f1e2d3c4b5a697887766554433221100',
    LICENSEOPERATOR_STRIPE_ROOT_APP_URL: 'https://app.example.com',
    LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL,
    LICENSEOPERATOR_NATS_SUBJECT_STRIPE_WEBHOOK: `stop.${crypto.randomUUID()}.webhook`,
    LICENSEOPERATOR_NATS_SUBJECT_LICENSE_ISSUED: `stop.${crypto.randomUUID()}.issued`,
    LICENSEOPERATOR_MYSQL_DSN: database.dsn.replace(/:\d+\)/, `:${mysqlPort})`),
    LICENSEOPERATOR_INGEST_ADDR: '127.0.0.1:0',
    LICENSEOPERATOR_MAIL_HOST: '127.0.0.1',
    LICENSEOPERATOR_MAIL_FROM: 'licenses@vendor.test',
  }
  const child = spawn(process.execPath, [main, '--role', role], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const running = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => line.includes('webhook-ingest runs') && resolve(line))
  })
  return { child, running }
}

test.each(['processor', 'relay', 'notifier'])(
  'a %s that is told to stop while MySQL hangs is gone within five seconds, with 0',
  async (role) => {
    const proxy = await openHangingProxy(testMysqlAccount())
    onTestFinished(() => proxy.close())
    const { child, running } = await start(role, proxy.port)
    await running
    proxy.hang()
    await sleep(1500) // so that it waits for an answer
    const exit = once(child, 'exit').then(([code]) => code)
    child.kill('SIGTERM')
    // The promise is a time, because an orchestrator kills what takes longer.
    expect(await Promise.race([exit, sleep(5000, 'still there')])).toBe(0)
  },
)
