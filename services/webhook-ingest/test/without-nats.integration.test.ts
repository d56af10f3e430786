import { once } from 'node:events'
import { connect } from 'node:net'
import { WEBHOOK_PATH } from '@licenseoperator/billing'
import { stripeEvents } from '@licenseoperator/db'
import { createTestDatabase, type TestDatabase, testMysqlAccount } from '@licenseoperator/db/testing'
import { createStripe } from '@licenseoperator/stripe'
import { type Emulator, startEmulator } from '@licenseoperator/stripe-emulator'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type IngestRole, ingestRoles } from '../src/connections.ts'
import { startIngest } from '../src/start-ingest.ts'
import { openHangingProxy } from './a-hanging-proxy.ts'
import { aConfig, aLog } from './a-start.ts'

let database: TestDatabase
let emulator: Emulator
beforeAll(async () => {
  ;[database, emulator] = await Promise.all([createTestDatabase(), startEmulator({ recordFile: '' })])
})
afterAll(async () => {
  await emulator.stop()
  await database.drop()
})

const variables = { LICENSEOPERATOR_INGEST_ADDR: '127.0.0.1:0', LICENSEOPERATOR_SERVER_DRAIN_DELAY: '0s' }
const started = async (more: Readonly<Record<string, string>> = {}, roles: readonly IngestRole[] = ingestRoles) => {
  // The NATS of this configuration is a port on which nothing listens.
  const config = await aConfig({ database, emulator }, { ...variables, ...more })
  return startIngest({ config, roles, log: aLog() })
}

test('without NATS all roles start; webhooks are taken, kept in MySQL, and processed from there', async () => {
  const ingest = await started()
  expect((await fetch(`${ingest.url}/readyz`)).status).toBe(200)
  expect(await (await fetch(`${ingest.url}/metrics`)).text()).toContain('\nlicenseoperator_nats_connected 0\n')
  const payload = JSON.stringify({
    id: 'evt_without_nats',
    object: 'event',
    type: 'account.updated',
    created: Math.floor(Date.now() / 1000),
    data: { object: {} },
  })
  const signature = createStripe({ apiKey: 'sk_test_none' }).webhooks.generateTestHeaderString({
    payload,
    secret: 'whsec_of_this_test',
  })
  const answer = await fetch(`${ingest.url}${WEBHOOK_PATH}`, {
    method: 'POST',
    body: payload,
    headers: { 'stripe-signature': signature },
  })
  expect(answer.status).toBe(200)
  expect((await stripeEvents.find(database.db, 'evt_without_nats'))?.payload.toString()).toBe(payload)
  await ingest.stop()
})

test.each(['LICENSEOPERATOR_SERVER_ADMIN_ADDR', 'LICENSEOPERATOR_INGEST_ADMIN_ADDR'])(
  'with %s readiness and metrics are not where webhooks come in',
  async (variable) => {
    const ingest = await started({ [variable]: '127.0.0.1:0' })
    const status = async (base: string | undefined, path: string) => (await fetch(`${base}${path}`)).status
    for (const path of ['/readyz', '/metrics'])
      expect([await status(ingest.url, path), await status(ingest.adminUrl, path)]).toEqual([404, 200])
    expect(await status(ingest.url, '/healthz')).toBe(200)
    await ingest.stop()
  },
)

test('an address has as many connections as are configured; one of a trusted proxy has any number', async () => {
  const crowded = async (more: Readonly<Record<string, string>>) => {
    const ingest = await started({ LICENSEOPERATOR_SERVER_MAX_CONNECTIONS_PER_ADDRESS: '1', ...more })
    const idle = connect(Number(new URL(ingest.url).port), '127.0.0.1').resume()
    await once(idle, 'connect')
    expect((await fetch(`${ingest.url}/healthz`)).status).toBe(200)
    return { ingest, idle }
  }
  const alone = await crowded({})
  // Sooner than it would end by itself, because nothing is asked on it.
  await vi.waitFor(() => expect(alone.idle.closed).toBe(true), 5000)
  await alone.ingest.stop()
  const proxied = await crowded({ LICENSEOPERATOR_SERVER_TRUSTED_PROXIES: '127.0.0.1' })
  expect(proxied.idle.closed).toBe(false)
  proxied.idle.destroy()
  await proxied.ingest.stop()
})

test('told to stop, it is not ready and takes webhooks for the configured time', async () => {
  const ingest = await started({ LICENSEOPERATOR_SERVER_DRAIN_DELAY: '2s' })
  expect((await fetch(`${ingest.url}/readyz`)).status).toBe(200)
  const stopped = ingest.stop({ drain: true })
  expect((await fetch(`${ingest.url}/readyz`)).status).toBe(503)
  const unsigned = await fetch(`${ingest.url}${WEBHOOK_PATH}`, { method: 'POST', body: '{}' })
  expect([unsigned.status, unsigned.headers.get('connection')]).toEqual([400, 'close'])
  await stopped
})

test('the receiver is ready with NATS alone, while MySQL hangs', async () => {
  const proxy = await openHangingProxy(testMysqlAccount())
  onTestFinished(() => proxy.close())
  const subject = `alone.${crypto.randomUUID()}`
  const variables = {
    LICENSEOPERATOR_NATS_URL: process.env.LICENSEOPERATOR_TEST_NATS_URL ?? '',
    LICENSEOPERATOR_NATS_SUBJECT_STRIPE_WEBHOOK: subject,
    LICENSEOPERATOR_MYSQL_DSN: database.dsn.replace(/:\d+\)/, `:${proxy.port})`),
  }
  const ingest = await started(variables, ['receiver'])
  proxy.hang()
  const ready = await fetch(`${ingest.url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', checks: { nats: 'up' } }])
  await ingest.stop()
})
